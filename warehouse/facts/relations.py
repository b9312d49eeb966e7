"""Which facts a figure counts: one SQL predicate for each way of counting, shared by the roll-up and the trace.

They stand after CONTEXT, which says on which tree figures are laid out; that tree has no part in what counts.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from schemas.indicators.indicator import (
    Activity,
    Count,
    Cumulative,
    Due,
    Indicator,
    Late,
    Outcome,
    Rated,
    Reported,
    Standing,
    Stock,
    Submissions,
    Target,
)
from warehouse.facts import of_people, of_returns, of_steps
from warehouse.facts.basis import Basis
from warehouse.hierarchy import tree_places

_WAREHOUSE = Path(__file__).parents[1]


def _written(name: str) -> str:
    return (_WAREHOUSE / f"{name}.sql").read_text(encoding="utf-8")


CONTEXT = f"""
with tree as materialized ({_written("hierarchy/paths")}),
place as materialized (
    select * from ({_written("hierarchy/place")}) places
    where %(root)s::uuid is null or path[1] = %(root)s::uuid or undecidable and cardinality(path) = 1
),
duty as materialized ({_written("facts/duty")}),
closed as materialized ({_written("hierarchy/closed")}),
belonging as materialized ({_written("hierarchy/belonging")})
"""
"""The tree; where the figures of every unit of the root stand in it; what returns are owed; who had ended by the
period's end; to what organisation a unit belongs."""

_WAYS: dict[type[Indicator], Callable[[Sequence[Any]], str]] = {
    Count: of_steps.counted,
    Outcome: of_steps.taken,
    Cumulative: of_steps.taken,
    Late: of_steps.late,
    Standing: of_people.standing,
    Due: of_people.standing,
    Stock: of_returns.stocks,
    Reported: of_returns.numbers,
    Activity: of_returns.activities,
    Target: of_returns.targets,
    Rated: of_returns.ratings,
    Submissions: of_returns.returns,
}
"""What writes the relation of a class of indicators; rates and grades have none, since they are made of others."""

_TO_SUM: dict[type[Indicator], Callable[[Sequence[Any]], str]] = {
    Outcome: of_steps.taken_together,
    Cumulative: of_steps.taken_together,
}


def relation(indicators: Sequence[Indicator], *, to_sum: bool = False) -> str:
    """The facts that indicators of one way of counting add up, as a query: one row per indicator and fact.

    Columns: `unit` (who reported), `measure` (the indicator's code), `value` (what it adds), `position` (the event
    since which it counts) and `stated` (the event that states it), both null for a duty. `subject` is the person
    that is counted, null where none is. `places` fills it. With `to_sum`, one row may stand for several facts, and has
    no more than the first three columns.
    """
    ways = _WAYS | _TO_SUM if to_sum else _WAYS
    return ways[type(indicators[0])](indicators)


def by_way(indicators: Sequence[Indicator]) -> list[list[Indicator]]:
    """The indicators that one relation can hold together; those that are made of others are left out."""
    found: dict[Callable[[Sequence[Any]], str], list[Indicator]] = {}
    for indicator in indicators:
        if way := _WAYS.get(type(indicator)):
            found.setdefault(way, []).append(indicator)
    return list(found.values())


OF_NOMINEE = """left join nominee n on n.subject = f.subject
    and n.position <= %(position)s and coalesce(n.position_to > %(position)s, true)"""
"""What joins the nominee to a relation `f` of people."""


def places(basis: Basis) -> dict[str, object]:
    """What fills the places of CONTEXT and of every relation."""
    return {**tree_places(basis.tree_on, basis.position), **basis.places()}
