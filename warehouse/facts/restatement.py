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
from warehouse.tables import FACTS

Kind = Literal["late", "correction", "retraction", "decision", "unit_change"]


_STRETCHES = " union all ".join(
    f"select stated, position, position_to from {fact.name} where stated = any(:facts)" for fact in FACTS
)
_ENDING = f"""
select f.stated as fact, e.position, {{kind}} as kind
from ({_STRETCHES}) f
join events.event e on e.position = f.position_to
where f.position <= :before and e.position > :before and e.position <= :after
"""
"""Grain: one row per fact that counted at the first position and then no more, with the event by which it ended."""
_BEGINNING = f"""
select f.stated as fact, e.position, {{kind}} as kind
from ({_STRETCHES}) f
join events.event e on e.position = f.position
where e.position > :before and e.position <= :after and coalesce(f.position_to > :after, true)
"""
"""Grain: one row per fact that counts at the second position and did not at the first, with the event since which."""
_OF_PERSON = """
select distinct on (old.position) old.position as fact, e.position, {kind} as kind
from events.event old
join events.event e on e.stream = old.stream and e.position > :before and e.position <= :after
where old.position = any(:facts) and starts_with(old.stream, 'nomination-')
order by old.position, e.position
"""
_KIND = """case when e.type = 'FactRetracted' then 'retraction' when e.body ->> 'supersedes' is null then 'late'
    else 'correction' end"""
"""What an event does to facts that it makes count, or count no more."""
_DECIDED = """
select s.position as fact, array_agg(t.position order by t.position) as positions
from submission s
join submission d on d.unit = s.unit and d.form = s.form and d.period = s.period
join submission_state t on t.submission = d.submission and (t.counts is not null or t.state = 'valid')
where s.position = any(:facts) and t.position > :before and t.position <= :after
group by 1
"""
_UNITS = "select position from unit_change where position > :before and position <= :after order by 1"


@dataclass(frozen=True)
class Cause:
    """Adds `value` to what a figure was: the fact stated at `fact` (None for a duty), by the events at `positions`."""

    kind: Kind
    value: int
    unit_code: str
    fact: int | None
    positions: tuple[int, ...]


Why = tuple[Kind, tuple[int, ...]]


@dataclass(frozen=True)
class _Later:
    """What was recorded between the positions, by the facts that it bears on."""

    ending: dict[int, Why]
    beginning: dict[int, Why]
    of_person: dict[int, Why]
    decided: dict[int, Why]
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
    later = _later(connection, before, after, [fact.stated for fact in (*gone, *come) if fact.stated is not None])
    # A newer number of a unit stands in the place of an older one, which stands again when the newer is taken back.
    arrived = {fact.unit: later.beginning[fact.stated] for fact in come if fact.stated in later.beginning}
    left = {fact.unit: later.ending[fact.stated] for fact in gone if fact.stated in later.ending}
    found = [_cause(fact, -fact.value, later, later.ending, arrived) for fact in gone]
    found += [_cause(fact, fact.value, later, later.beginning, left) for fact in come]
    return sorted(found, key=lambda cause: (cause.fact or 0, cause.value))


def _less(some: Iterable[Fact], others: Iterable[Fact]) -> list[Fact]:
    """Facts of `some` that `others` lack. Duties have no event: one for one."""
    rest = [(fact.unit, fact.value, fact.stated) for fact in others]
    found = []
    for fact in some:
        key = (fact.unit, fact.value, fact.stated)
        if key in rest:
            rest.remove(key)
        else:
            found.append(fact)
    return found


def _cause(fact: Fact, value: int, later: _Later, own: dict[int, Why], other: dict[str, Why]) -> Cause:
    """Why a fact is counted or is no more: its own event, else what else was recorded that bears on it."""
    stated = fact.stated
    why = stated is not None and (own.get(stated) or later.of_person.get(stated) or later.decided.get(stated))
    kind, positions = why or other.get(fact.unit) or ("unit_change", later.units)
    return Cause(kind, value, fact.unit_code, stated, positions)


def _later(connection: Connection, before: int, after: int, facts: list[int]) -> _Later:
    asked = {"before": before, "after": after, "facts": facts}

    def whys(statement: str) -> dict[int, Why]:
        rows = connection.execute(text(statement.replace("{kind}", _KIND)), asked)
        return {row.fact: (row.kind, (row.position,)) for row in rows}

    return _Later(
        whys(_ENDING),
        whys(_BEGINNING),
        whys(_OF_PERSON),
        {row.fact: ("decision", tuple(row.positions)) for row in connection.execute(text(_DECIDED), asked)},
        tuple(connection.execute(text(_UNITS), asked).scalars()),
    )
