"""Quarantining a position of the log: what cannot be read there is passed over from now on, on the record."""

from typing import NamedTuple

from sqlalchemy import text

from events import log
from events.checks import unreadable
from events.errors import RefusedError, TerminalError, UsageError
from events.log.quarantine import quarantined
from events.log.recorded import NewEvent
from events.types.quarantine import PositionQuarantined
from flows import consenting
from flows.context import Context
from flows.erasure import require_reason
from schemas.vocabulary import reasons
from warehouse.projections import project


class Quarantine(NamedTuple):
    """What was decided, and how far the warehouse comes with it.

    `recorded` is the position of the record, None where it was quarantined before. The warehouse holds what stands up
    to `reached`; `stale` is whether the position had been projected already, so that it has to be rebuilt. At `next`
    it stops again, if not None.
    """

    recorded: int | None
    reached: int
    stale: bool
    next: int | None


def quarantine(context: Context, position: int, reason: str) -> Quarantine:
    """Record that `position` is passed over, and bring the warehouse up behind it.

    Raises UsageError `unknown_reason`, `unknown_position`; RefusedError `position_readable`, since what can be read
    counts; where it needs two people, what `consenting.require` does; WrongExpectedVersion when somebody else
    quarantines it at the same time.
    """
    require_reason(reasons.QUARANTINE, reason)
    with context.engine.connect() as connection:
        body = connection.execute(
            text("select body::text from events.event where position = :position"), {"position": position}
        ).scalar()
        if body is None:
            raise UsageError("unknown_position", position=position, last=log.head(connection)[0])
        if not unreadable.is_unreadable(position, body):
            raise RefusedError("position_readable", position=position)
        before = position in quarantined(connection)
        stale = not before and position <= project.reached(connection)
    recorded = None if before else _record(context, position, reason)
    try:
        return Quarantine(recorded, project.project(context.engine), stale, None)
    except TerminalError as failure:
        if failure.key != "event_unreadable":
            raise
        with context.engine.connect() as connection:
            return Quarantine(recorded, project.reached(connection), stale, int(str(failure.details["position"])))


def _record(context: Context, position: int, reason: str) -> int:
    consent = consenting.require(context, consenting.Asked("quarantine", position=position, reason=reason))
    with context.engine.begin() as connection:
        event = NewEvent(f"position-{position}", 1, PositionQuarantined(position, reason))
        recorded = log.append(connection, [event], context.actor).first
        consenting.spend(connection, consent, context.actor)
    return recorded
