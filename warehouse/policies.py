"""The policies that were laid down, as known at a position."""

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from schemas.policies.calendars import TIME_ZONE
from schemas.policies.in_force import LaidDown, Rules

_EVERYTHING = 2**63 - 1


def laid_down(connection: Connection, position: int = _EVERYTHING) -> list[LaidDown]:
    """Every value that was laid down up to a position, the newest first."""
    rows = connection.exec_driver_sql(
        'select policy, value, on_date, unit::text, form, kind, "order", position from policy'
        " where position <= %(position)s order by policy.position desc",
        {"position": position},
    )
    return [LaidDown(*row) for row in rows]


def rules(connection: Connection, position: int = _EVERYTHING) -> Rules:
    """What was laid down up to a position, to ask what holds."""
    return Rules(laid_down(connection, position))


def time_zone(connection: Connection) -> ZoneInfo:
    """The time zone of today.

    Everything is recorded in one log, whose days are those of one zone: the one that was laid down for all.
    """
    known = rules(connection)
    usual = ZoneInfo(TIME_ZONE.usual[-1][1])
    return ZoneInfo(known.in_force(TIME_ZONE, datetime.now(usual).date()).value)
