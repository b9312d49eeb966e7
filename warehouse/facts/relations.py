"""Which facts a figure counts: one SQL predicate for each way of counting, shared by the roll-up and the trace.

They stand after CONTEXT, which says on which tree figures are laid out; that tree has no part in what counts.
"""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from schemas.forms import family
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
from schemas.periods import Period, ended
from schemas.policies.deadlines import term_of
from warehouse.facts import of_people, of_returns, of_steps
from warehouse.hierarchy import tree_places

_WAREHOUSE = Path(__file__).parents[1]


def _written(name: str) -> str:
    return (_WAREHOUSE / f"{name}.sql").read_text(encoding="utf-8")


CONTEXT = f"""
with tree as materialized ({_written("hierarchy/paths")}),
place as materialized ({_written("hierarchy/place")}),
duty as materialized ({_written("facts/duty")}),
closed as materialized ({_written("hierarchy/closed")}),
belonging as materialized ({_written("hierarchy/belonging")})
"""
"""The tree; where the figures of every unit stand in it; what returns are owed; who had ended by the period's end; to
what organisation a unit belongs."""

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


def places(period: Period, position: int, tree_on: date | None = None) -> dict[str, object]:
    """What fills the places of CONTEXT and of every relation, for a period as known at a position.

    `tree_on` is the day of the tree, the period's last if it is left out.
    """
    quarters = period.quarters()
    year_first, term_first = period.last.replace(month=1, day=1), term_of(period.last)
    return {
        **tree_places(tree_on or period.last, position),
        "first": period.first,
        "last": period.last,
        "year": period.last.year,
        "year_first": year_first,
        "term_first": term_first,
        "starts": sorted({period.first, year_first, term_first}),
        "stock_periods": _stock_periods(period.last),
        "quarters": [quarter.code for quarter in quarters],
        **_duties(period),
    }


def _duties(period: Period) -> dict[str, object]:
    """Which kinds of unit owe which form for the periods within this one, a place for each column of these."""
    duties = [
        (form.key, kind, one.code, one.last, form.duty.calendar.due(one))
        for one in family.periods_within(period)
        for form in family.about(one)
        for kind in sorted(form.duty.kinds)
    ]
    columns = ("forms", "kinds", "periods", "lasts", "dues")
    return {f"duty_{name}": [duty[place] for duty in duties] for place, name in enumerate(columns)}


def _stock_periods(last: date) -> list[str]:
    """The quarters whose stocks may stand for the day `last`: the last four that had ended by then."""
    found: list[Period] = []
    quarter = ended("quarter", last + timedelta(days=1))
    while len(found) < 4:
        found.append(quarter)
        quarter = ended("quarter", quarter.first)
    return [quarter.code for quarter in found]
