"""Why a figure is another one than it was: every fact that came, went or moved between two positions, and its cause.

What made a difference lies between the two positions: a late fact, a correction, a retraction, the decision on a
submission, a change of the units, or a policy that was laid down.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from sqlalchemy import Connection, text

from schemas.indicators.catalogue import FIGURES
from schemas.indicators.policies import counted_by
from schemas.periods import Period
from warehouse import policies
from warehouse.facts.expand import Fact, expand
from warehouse.facts.moved import moved
from warehouse.hierarchy.chains import chains
from warehouse.tables import FACTS

Kind = Literal["late", "correction", "retraction", "decision", "unit_change", "policy_change"]

_WHY = "case when e.type = 'FactRetracted' then 'retraction' else 'correction' end"

_CEASED = " union all ".join(
    f"select f.stated, f.position_to as position, {_WHY} as kind"
    f" from {fact.name} f join events.event e on e.position = f.position_to"
    " where f.stated = any(:facts) and f.position_to > :before and f.position_to <= :after"
    for fact in FACTS
)
_ENDED = f"select distinct on (stated) * from ({_CEASED}) ceased order by stated, position desc"
"""Grain: one row per fact that ceased to count, with the event by which it did so last."""

_BEGUN = f"""
select s.position as stated, e.position,
    case when e.position <> s.position then {_WHY}
        when exists (
            select from statement o
            where o.key = s.key and o.position < s.position and coalesce(o.position_to >= s.position, true)
        ) or e.body ->> 'supersedes' is not null then 'correction'
        else 'late' end as kind
from unnest(cast(:facts as bigint[]), cast(:since as bigint[])) as f (stated, since)
join statement s on s.position = f.stated
join events.event e on e.position = f.since
"""
"""Grain: one row per fact, with the event by which it began to count: its own, or the end of another in its place."""

_OF_PERSON = """
select distinct on (old.position) old.position as stated, e.position,
    case when e.type = 'FactRetracted' then 'retraction' when e.body ->> 'supersedes' is null then 'late'
        else 'correction' end as kind
from events.event old
join events.event e on e.stream = old.stream and e.position > :before and e.position <= :after
where old.position = any(:facts) and starts_with(old.stream, 'nomination-')
order by old.position, e.position
"""
_DECIDED = """
select s.position as stated, min(t.position) as position, 'decision' as kind
from submission s
join submission d on d.unit = s.unit and d.form = s.form and d.period = s.period
join submission_state t on t.submission = d.submission and (t.counts is not null or t.state = 'valid')
where s.position = any(:facts) and t.position > :before and t.position <= :after
group by 1
"""


@dataclass(frozen=True)
class Cause:
    """Adds `value` to what a figure was: the fact stated at `fact` (None for a duty), by the events at `positions`."""

    kind: Kind
    value: int
    unit_code: str
    fact: int | None
    positions: tuple[int, ...]


_Event = tuple[int, Kind]
"""The position of an event, and what kind of cause it is."""


@dataclass(frozen=True)
class _Between:
    """What happened between the positions: by the position that states a fact, what bears on it."""

    ended: dict[int, _Event]
    begun: dict[int, _Event]
    of_person: dict[int, _Event]
    decided: dict[int, _Event]

    def about(self, fact: Fact) -> _Event | None:
        """What else was said of the person whom the fact counts, or decided on the submission that it is."""
        if fact.stated is None:
            return None
        return self.of_person.get(fact.stated) or self.decided.get(fact.stated)


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
    between = _between(connection, before, after, gone, come)
    # What counts instead: another step of the same person, or another number of the same unit.
    ended = {_counts_for(fact): between.ended[fact.stated] for fact in gone if fact.stated in between.ended}
    begun = {_counts_for(fact): between.begun[fact.stated] for fact in come if fact.stated in between.begun}
    why = [(fact, -fact.value, _why_gone(fact, between, begun)) for fact in gone]
    why += [(fact, fact.value, _why_come(fact, between, ended)) for fact in come]
    by_unit = {fact.unit for fact, _, event in why if event is None}
    units = moved(connection, by_unit, unit, period, code, before, after, tree_on) if by_unit else {}
    laid_down = policies_between(connection, code, period, by_unit, unit, before, after) if by_unit else {}
    found = [_cause(fact, value, event, units, laid_down) for fact, value, event in why]
    return sorted(found, key=lambda cause: (cause.fact or 0, cause.value))


def _counts_for(fact: Fact) -> str:
    return fact.subject or fact.unit


def _less(some: Iterable[Fact], others: Iterable[Fact]) -> list[Fact]:
    """Facts of `some` that `others` lack. Duties have no position: one for one."""
    rest = Counter((fact.unit, fact.value, fact.stated) for fact in others)
    found = []
    for fact in some:
        key = (fact.unit, fact.value, fact.stated)
        if rest[key]:
            rest[key] -= 1
        else:
            found.append(fact)
    return found


def _why_gone(fact: Fact, between: _Between, begun: dict[str, _Event]) -> _Event | None:
    if fact.stated in between.ended:
        return between.ended[fact.stated]
    return begun.get(_counts_for(fact)) or between.about(fact)


def _why_come(fact: Fact, between: _Between, ended: dict[str, _Event]) -> _Event | None:
    if fact.stated in between.begun:
        return between.begun[fact.stated]
    # An older one counts again, since the newer one was taken back.
    return ended.get(_counts_for(fact)) or between.about(fact)


def _cause(
    fact: Fact,
    value: int,
    why: _Event | None,
    units: Mapping[str, tuple[int, ...]],
    laid_down: Mapping[str, tuple[int, ...]],
) -> Cause:
    if why is None and laid_down.get(fact.unit) and not units.get(fact.unit):
        return Cause("policy_change", value, fact.unit_code, fact.stated, laid_down[fact.unit])
    if why is None:
        return Cause("unit_change", value, fact.unit_code, fact.stated, units.get(fact.unit, ()))
    position, kind = why
    return Cause(kind, value, fact.unit_code, fact.stated, (position,))


def policies_between(
    connection: Connection, code: str, period: Period, units: Iterable[str], of: str, before: int, after: int
) -> dict[str, tuple[int, ...]]:
    """By unit, where what a figure counts by was laid down after one position and up to another, as far as it may bear.

    That is for everybody, for the unit that reported or one above it, or for `of`, whose figure it is, or one above it;
    and from a day in the period or before it.
    """
    names = [policy.name for policy in counted_by(FIGURES[code].indicator)]
    laid_down = [
        one
        for one in policies.laid_down(connection, after)
        if one.position > before and one.policy in names and one.on <= period.last
    ]
    if not laid_down:
        return {}
    above = chains(connection, {(unit, period.last) for unit in (of, *units)}, after)
    return {
        unit: tuple(
            sorted(
                one.position
                for one in laid_down
                if one.unit in (None, *above[unit, period.last], *above[of, period.last])
            )
        )
        for unit in units
    }


def _between(connection: Connection, before: int, after: int, gone: list[Fact], come: list[Fact]) -> _Between:
    began = [(f.stated, f.position) for f in come if f.position is not None and f.position > before]
    stated = [fact.stated for fact in (*gone, *come) if fact.stated is not None]
    places = {"before": before, "after": after, "facts": stated}

    def events(query: str, places: dict[str, object]) -> dict[int, _Event]:
        return {row.stated: (row.position, row.kind) for row in connection.execute(text(query), places)}

    return _Between(
        events(_ENDED, places),
        events(_BEGUN, {"facts": [fact for fact, _ in began], "since": [since for _, since in began]}),
        events(_OF_PERSON, places),
        events(_DECIDED, places),
    )
