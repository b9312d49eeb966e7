"""Which events cannot be read: poison, at which a projection would stop, and what of it is quarantined."""

from collections.abc import Iterable

from sqlalchemy import Connection

from events.checks import VerifyFailed
from events.checks.bodies import Reader
from events.log.quarantine import quarantined

_RANGE = """
select position, body::text from events.event where position > %(after)s and position <= %(upto)s order by position
"""
_THESE = "select position, body::text from events.event where position = any(%(positions)s) order by position"


def first(connection: Connection, after: int, upto: int) -> int | None:
    """The first position after < p <= upto that cannot be read and is not quarantined."""
    passed = quarantined(connection)
    rows = connection.exec_driver_sql(_RANGE, {"after": after, "upto": upto}, execution_options={"yield_per": 2_000})
    return next((position for position in _unreadable(tuple(row) for row in rows) if position not in passed), None)


def passed_over(connection: Connection) -> list[int]:
    """The quarantined positions at which indeed nothing can be read: nobody hides a fact by quarantining it."""
    positions = sorted(quarantined(connection))
    return list(_unreadable(connection.exec_driver_sql(_THESE, {"positions": positions}))) if positions else []


def is_unreadable(position: int, body: str) -> bool:
    """Whether a body is of an unknown type or version, malformed, or not canonical."""
    return any(_unreadable([(position, body)]))


def _unreadable(rows: Iterable[tuple[int, str]]) -> Iterable[int]:
    reader = Reader()
    for position, body in rows:
        try:
            reader.one(position, body.encode())
        except VerifyFailed:
            yield position
