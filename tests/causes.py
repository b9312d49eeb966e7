"""A cause for facts whose tests do not care where they come from: the log takes none without a submission in it."""

from collections.abc import Iterable

from msgspec.structs import replace
from sqlalchemy import Connection

from events import log
from events.ids import fixed_id
from events.log.recorded import Cause, NewEvent
from events.types.nominations import FactRetracted
from events.types.people import HoldReleased

SOURCE = fixed_id("test", "source")


def caused(connection: Connection, events: Iterable[NewEvent]) -> list[NewEvent]:
    """The same events, with a cause where a fact has none; behind them an event without effect, the first time."""
    given = [replace(event, cause=Cause(SOURCE)) if uncaused(event) else event for event in events]
    stream = f"submission-{SOURCE}"
    if any(event.cause == Cause(SOURCE) for event in given) and not log.stream_versions(connection, [stream]):
        given.append(NewEvent(stream, 1, HoldReleased(SOURCE, SOURCE, "0" * 64)))
    return given


def uncaused(event: NewEvent) -> bool:
    """Whether it is a fact that names no cause."""
    return event.cause is None and bool(event.payload.key or isinstance(event.payload, FactRetracted))
