"""Deciding, on record, that an event which nobody can read is passed over, so that it stops nobody."""

from sqlalchemy import text

from events import log
from events.checks.unreadable import is_unreadable
from events.errors import RefusedError, UsageError
from events.log.quarantine import STREAM, quarantined
from events.log.recorded import NewEvent
from events.types.quarantine import PositionQuarantined
from flows import consenting
from flows.context import Context
from flows.erasure import require_reason
from schemas.vocabulary import reasons
from warehouse.projections import project


def quarantine(context: Context, position: int, reason: str) -> int:
    """Pass over a position from now on; the position of the record.

    Raises UsageError `unknown_reason`, `unknown_position`; RefusedError `quarantined_already`, `event_readable`, and
    where two people are needed what `consenting.require` does. The warehouse may have counted what is passed over now:
    then it has to be rebuilt.
    """
    require_reason(reasons.QUARANTINE, reason)
    with context.engine.connect() as connection:
        head, _ = log.head(connection)
        body = connection.execute(
            text("select body::text from events.event where position = :position"), {"position": position}
        ).scalar()
        if body is None:
            raise UsageError("unknown_position", position=position, last=head)
        if position in quarantined(connection):
            raise RefusedError("quarantined_already", position=position)
    if not is_unreadable(position, body):
        raise RefusedError("event_readable", position=position)
    consent = consenting.require(context, consenting.Asked("quarantine", position=position, reason=reason))
    with context.engine.begin() as connection:
        version = log.stream_versions(connection, [STREAM]).get(STREAM, 0) + 1
        event = NewEvent(STREAM, version, PositionQuarantined(position, reason))
        recorded = log.append(connection, [event], context.actor).first
        consenting.spend(connection, consent, context.actor)
    project.project(context.engine)
    return recorded
