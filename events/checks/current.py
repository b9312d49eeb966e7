"""What the laws read: all events, each in the current version of its type."""

from collections.abc import Iterable

from sqlalchemy import Connection

from events.checks import LOG, VerifyFailed
from events.checks.bodies import Reader
from events.log.current import keep_upcast

_VIEW = """
create temp view current_event as
select e.position, e.stream, e.stream_version, e.type, e.recorded_at, coalesce(u.body, e.body) as body
from events.event e
left join upcast u using (position)
"""


def current_events(connection: Connection) -> str:
    """The relation of all events as their types say them today: the log itself, wherever nothing older stands in it.

    Else a temporary view, which a transaction that is read only already could not make, and which is gone with it.
    A body that can't be brought up stays as it is.
    """
    reader = Reader()

    def read(position: int, body: str) -> bytes:
        try:
            return reader.today(position, body)
        except VerifyFailed:
            return body.encode()

    if not keep_upcast(connection, read=read):
        return LOG
    connection.exec_driver_sql(_VIEW)
    return "current_event"


def without(events: str, positions: Iterable[int]) -> str:
    """The same relation without some events, for statements that would fail on what stands there."""
    listed = ", ".join(map(str, sorted(positions)))
    return f"(select * from {events} where position <> all ('{{{listed}}}'::bigint[])) as current_event"
