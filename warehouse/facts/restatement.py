"""Why a figure is another one than it was: every fact that came, went or moved between two positions, and its cause.

What made a difference lies between the two positions: a late fact, a correction, a retraction, the decision on a
submission, or a change of the units.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal

from sqlalchemy import Connection, text

from schemas.periods import Period
from warehouse.facts.expand import Fact, expand

Kind = Literal["late", "correction", "retraction", "decision", "unit_change"]


_SUPERSEDING = """
select old.position as fact, e.position, e.type
from events.event old
join events.event e on e.stream = old.stream and e.position > :before and e.position <= :after
    and (e.body ->> 'supersedes')::integer = old.stream_version
where old.position = any(:facts)
order by e.position desc
"""
_REVISING = "select position from events.event where position = any(:facts) and body ->> 'supersedes' is not null"
_OF_PERSON = """
select distinct on (old.position) old.position as fact, e.position,
    case when e.type = 'FactRetracted' then 'retraction' when e.body ->> 'supersedes' is null then 'late'
        else 'correction' end as kind
from events.event old
join events.event e on e.stream = old.stream and e.position > :before and e.position <= :after
where old.position = any(:facts) and starts_with(old.stream, 'nomination-')
order by old.position, e.position
"""
_DECIDED = """
select s.position as fact, min(d.decided_position) as position
from submission s
join submission d on d.unit = s.unit and d.period = s.period
where s.position = any(:facts) and d.decided_position > :before and d.decided_position <= :after
group by 1
"""
_UNITS = "select position from unit_change where position > :before and position <= :after order by 1"


@dataclass(frozen=True)
class Cause:
    """Adds `value` to what a figure was: the fact at `fact` (None for a duty), because of the events at `positions`."""

    kind: Kind
    value: int
    unit_code: str
    fact: int | None
    positions: tuple[int, ...]


@dataclass(frozen=True)
class _Later:
    """What was recorded between the positions, by what it bears on."""

    superseding: dict[int, tuple[int, str]]
    revising: frozenset[int]
    of_person: dict[int, tuple[int, Kind]]
    decided: dict[int, int]
    units: tuple[int, ...]


def causes(
    connection: Connection, unit: str, period: Period, code: str, before: int, after: int, tree_on: date | None = None
) -> list[Cause]:
    """What a unit's counted figure (no rate) owes its difference to, in the order of the facts.

    The values add up to the figure as known at `after` less the figure as known at `before`.
    """
    old = expand(connection, unit, period, code, before, tree_on)
    new = expand(connection, unit, period, code, after, tree_on)
    gone, come = _less(old, new), _less(new, old)
    if not gone and not come:
        return []
    later = _later(connection, before, after, [fact.position for fact in (*gone, *come) if fact.position is not None])
    arrived = {fact.unit: fact.position for fact in come if fact.position is not None and fact.position > before}
    left = {fact.unit: later.superseding[fact.position] for fact in gone if fact.position in later.superseding}
    found = [_gone(fact, later, arrived) for fact in gone] + [_come(fact, later, before, left) for fact in come]
    return sorted(found, key=lambda cause: (cause.fact or 0, cause.value))


def _less(some: Iterable[Fact], others: Iterable[Fact]) -> list[Fact]:
    """Facts of `some` that `others` lack. Duties have no position: one for one."""
    rest = [(fact.unit, fact.value, fact.position) for fact in others]
    found = []
    for fact in some:
        key = (fact.unit, fact.value, fact.position)
        if key in rest:
            rest.remove(key)
        else:
            found.append(fact)
    return found


def _gone(fact: Fact, later: _Later, arrived: dict[str, int]) -> Cause:
    position = fact.position
    if position in later.superseding:
        by, kind = later.superseding[position]
        return _cause("retraction" if kind == "FactRetracted" else "correction", fact, -fact.value, (by,))
    if position in later.of_person:  # something else about the same nominee
        by, why = later.of_person[position]
        return _cause(why, fact, -fact.value, (by,))
    if position in later.decided:
        return _cause("decision", fact, -fact.value, (later.decided[position],))
    if fact.unit in arrived:  # a newer number of the same unit stands in its place
        return _cause("late", fact, -fact.value, (arrived[fact.unit],))
    return _cause("unit_change", fact, -fact.value, later.units)


def _come(fact: Fact, later: _Later, before: int, left: dict[str, tuple[int, str]]) -> Cause:
    position = fact.position
    if position is not None and position > before:
        return _cause("correction" if position in later.revising else "late", fact, fact.value, (position,))
    if position in later.of_person:
        by, why = later.of_person[position]
        return _cause(why, fact, fact.value, (by,))
    if position in later.decided:
        return _cause("decision", fact, fact.value, (later.decided[position],))
    if fact.unit in left:  # an older number stands again, since the newer one was withdrawn
        by, kind = left[fact.unit]
        return _cause("retraction" if kind == "FactRetracted" else "correction", fact, fact.value, (by,))
    return _cause("unit_change", fact, fact.value, later.units)


def _cause(kind: Kind, fact: Fact, value: int, positions: tuple[int, ...]) -> Cause:
    return Cause(kind, value, fact.unit_code, fact.position, positions)


def _later(connection: Connection, before: int, after: int, facts: list[int]) -> _Later:
    asked = {"before": before, "after": after, "facts": facts}
    superseding = connection.execute(text(_SUPERSEDING), asked)
    revising = connection.execute(text(_REVISING), asked).scalars()
    units = connection.execute(text(_UNITS), asked).scalars()
    return _Later(
        {row.fact: (row.position, row.type) for row in superseding},
        frozenset(revising),
        {row.fact: (row.position, row.kind) for row in connection.execute(text(_OF_PERSON), asked)},
        {row.fact: row.position for row in connection.execute(text(_DECIDED), asked)},
        tuple(units),
    )
