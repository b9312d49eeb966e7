"""Recording what happens to units: a whole reorganisation is one append, and an impossible one is refused whole."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import msgspec
from sqlalchemy import Connection, text

from events import log
from events.log.recorded import NewEvent, decode
from events.types.base import Payload
from events.types.units import UnitRevived
from flows.calendar import today
from flows.context import Context, alone
from flows.units.events import BEGINNINGS, ENDS, UnitEvent, fact_of
from flows.units.refusing import Lines, refusals, together
from schemas.policies.calendars import YEARS_AHEAD
from schemas.units.kinds import horizon
from schemas.units.past import Past
from schemas.units.rules import Problem, problems
from warehouse import policies
from warehouse.hierarchy.unit_facts import facts_for
from warehouse.projections import project


@dataclass(frozen=True)
class Judged:
    """The changes that are not known yet, in the order in which they are recorded, and what is impossible in them."""

    new: list[UnitEvent]
    problems: list[Problem]
    past: Past


def record(context: Context, changes: Sequence[UnitEvent], lines: Lines | None = None) -> int:
    """Record those of the changes that are not known yet, all or nothing; the number of events.

    Raises RefusedError, which names unit and day, and the line of the file where it is known: `units_refused` for
    several problems, which are its parts; `unit_outside_life`, `unit_begins_twice`, `unit_lives_already`, `unit_day`,
    `unit_two_parents`, `unit_two_values`, `unit_two_ends`, `unit_changes_later`, `unit_kind_level`,
    `unit_without_superior`, `unit_under_itself`, `unit_level`, `unit_superior_outside_life`,
    `unit_successor_outside_life`, `unit_successor_rank`, `unit_succeeds_itself`, `unit_code_taken`.
    """
    with context.engine.connect() as connection, alone(connection, "units"), connection.begin():
        judged = judge(connection, changes, project.project(context.engine), today(context))
        if judged.problems:
            raise together(refusals(judged.problems, judged.past, lines or {}))
        append(connection, judged.new, context.actor)
    project.project(context.engine)
    return len(judged.new)


def judge(connection: Connection, changes: Sequence[UnitEvent], position: int, on: date) -> Judged:
    """What of the changes is new as known at a position, and what is impossible in it, as of a day."""
    # Beginnings first, so that no position in between knows of a superior or successor that has not begun.
    ordered = sorted(changes, key=lambda change: not isinstance(change, BEGINNINGS))
    new = _unknown(connection, ordered)
    known = facts_for(connection, [fact_of(change) for change in new], position)
    new += _ended_again(Past([*known, *map(fact_of, new)]), new)
    past = Past([*known, *map(fact_of, new)])
    ahead = policies.rules(connection, position).in_force(YEARS_AHEAD, on).value
    return Judged(new, list(problems(past, len(known), horizon(on, ahead))), past)


def append(connection: Connection, changes: Sequence[UnitEvent], actor: str) -> None:
    """Append changes to the log as they stand, in the caller's transaction."""
    versions = log.stream_versions(connection, {f"unit-{change.unit}" for change in changes})
    events = []
    for change in changes:
        stream = f"unit-{change.unit}"
        versions[stream] = versions.get(stream, 0) + 1
        events.append(NewEvent(stream, versions[stream], change))
    if events:
        log.append(connection, events, actor)


def _ended_again(past: Past, new: Sequence[UnitEvent]) -> list[UnitEvent]:
    """Ends for later days on which an end was recorded and undone: a unit that ends earlier must not live from then."""
    return [
        msgspec.structs.replace(end, on=day)
        for end in new
        if isinstance(end, ENDS) and not past.lives(end.unit, end.on)
        for day in past.undone_after(end.unit, end.on)
    ]


def _unknown(connection: Connection, changes: Sequence[UnitEvent]) -> list[UnitEvent]:
    """The changes without those that say what the last event of their kind, unit and day said already."""
    rows = connection.execute(
        text("select position, body::text as body from events.event where stream = any(:streams) order by position"),
        {"streams": list({f"unit-{change.unit}" for change in changes})},
    )
    said: dict[tuple[str, str, object], Payload] = {}
    for row in rows:
        payload = decode(row.position, row.body).payload
        said[_kind(payload)] = payload
    return [change for change in dict.fromkeys(changes) if said.get(_kind(change)) != change]


def _kind(payload: Payload) -> tuple[str, str, object]:
    """What a later event of the same replaces: one that ends a unit or lets it live again stands for all of them."""
    ends = isinstance(payload, (*ENDS, UnitRevived))
    return "" if ends else type(payload).__name__, getattr(payload, "unit", ""), getattr(payload, "on", None)
