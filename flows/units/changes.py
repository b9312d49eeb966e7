"""Recording what happens to units: a whole reorganisation is one append, and an impossible one is refused whole."""

from collections.abc import Sequence

from sqlalchemy import Connection, text

from events import log
from events.errors import RefusedError
from events.log.recorded import NewEvent, decode
from events.types.base import Payload
from events.types.units import (
    UnitDissolved,
    UnitDivided,
    UnitEstablished,
    UnitMerged,
    UnitMoved,
    UnitReclassified,
    UnitRecoded,
    UnitRenamed,
    UnitRevived,
)
from flows.context import Context, alone
from schemas.unit_rules import Problem, UnitFact, problems
from warehouse.hierarchy.unit_facts import facts_for
from warehouse.projections import project

UnitEvent = (
    UnitEstablished
    | UnitRenamed
    | UnitRecoded
    | UnitReclassified
    | UnitMoved
    | UnitMerged
    | UnitDivided
    | UnitDissolved
    | UnitRevived
)


def record(context: Context, changes: Sequence[UnitEvent]) -> int:
    """Record those of the changes that are not known yet, all or nothing; the number of events.

    Raises RefusedError, which names unit and day: `unit_outside_life`, `unit_begins_twice`, `unit_lives_already`,
    `unit_two_parents`, `unit_two_values`, `unit_under_itself`, `unit_level`, `unit_superior_outside_life`,
    `unit_successor_outside_life`, `unit_succeeds_itself`, `unit_code_taken`.
    """
    with context.engine.connect() as connection, alone(connection, "units"), connection.begin():
        reached = project.project(context.engine)
        # Beginnings first, so that no position in between knows of a superior or successor that has not begun.
        ordered = sorted(changes, key=lambda change: not isinstance(change, UnitEstablished | UnitRevived))
        new = _unknown(connection, ordered)
        if new:
            facts = [fact_of(change) for change in new]
            known = facts_for(connection, facts, reached)
            if problem := next(problems(known, facts), None):
                raise _refusal(problem, [*known, *facts])
            log.append(connection, _events(connection, new), context.actor)
    project.project(context.engine)
    return len(new)


def fact_of(change: UnitEvent) -> UnitFact:
    """What a change says, as the rules take it."""
    alive = None
    if isinstance(change, UnitEstablished | UnitRevived):
        alive = True
    elif isinstance(change, UnitDissolved | UnitMerged | UnitDivided):
        alive = False
    successors = getattr(change, "successors", None)
    if isinstance(change, UnitMerged):
        successors = (change.successor,)
    said = {name: getattr(change, name, None) for name in ("parent", "code", "level", "name", "kind")}
    return UnitFact(change.unit, change.on, alive, successors=successors, **said)


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
    return type(payload).__name__, getattr(payload, "unit", ""), getattr(payload, "on", None)


def _events(connection: Connection, changes: Sequence[UnitEvent]) -> list[NewEvent]:
    versions = log.stream_versions(connection, {f"unit-{change.unit}" for change in changes})
    events = []
    for change in changes:
        stream = f"unit-{change.unit}"
        versions[stream] = versions.get(stream, 0) + 1
        events.append(NewEvent(stream, versions[stream], change))
    return events


def _refusal(problem: Problem, facts: Sequence[UnitFact]) -> RefusedError:
    codes = {fact.unit: fact.code for fact in facts if fact.code is not None}
    details = {"unit": codes.get(problem.unit, problem.unit), "on": problem.on.isoformat()}
    if problem.other is not None:
        details["other"] = codes.get(problem.other, problem.other)
        # Two units of one code are told apart by their names.
        by_day = sorted((fact for fact in facts if fact.on <= problem.on), key=lambda fact: fact.on)
        names = {fact.unit: fact.name for fact in by_day if fact.name is not None}
        details |= {"name": names.get(problem.unit, ""), "other_name": names.get(problem.other, "")}
    return RefusedError(problem.key, **details)
