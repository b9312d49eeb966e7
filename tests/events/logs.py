"""Logs for tests: appended through the real door, with bodies read back as they stand."""

from datetime import date

from sqlalchemy import Connection, Engine

from events import log
from events.ids import new_id
from events.log.recorded import NewEvent
from events.types.policies import PolicySet
from tests.actors import TESTER

UNIT = new_id()


def fill(engine: Engine, count: int) -> int:
    """Append so many events; the last position."""
    stream = f"plan-{new_id()}"
    with engine.begin() as connection:
        return log.append(
            connection,
            (
                NewEvent(stream, version, PolicySet("admitted", str(version), date(2026, 1, 1)))
                for version in range(1, count + 1)
            ),
            TESTER,
        ).last


def bodies(connection: Connection) -> list[bytes]:
    """The bodies of all events, in order."""
    rows = connection.exec_driver_sql("select body::text from events.event order by position")
    return [body.encode() for (body,) in rows]
