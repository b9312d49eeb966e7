"""Expanding a figure to the facts behind it, with the predicate that counted it."""

from datetime import date
from typing import NamedTuple

from sqlalchemy import Connection

from events.errors import UsageError
from schemas.indicators import BREAKDOWNS, COUNTS, RATES, STOCKS, SUBMISSIONS, TARGETS, Breakdown
from schemas.periods import Period
from warehouse.facts import CONTEXT, RELATIONS, places


class Fact(NamedTuple):
    """What adds `value` to a figure: the unit that reported it, and the position of its event (None for a duty)."""

    unit: str
    unit_code: str
    value: int
    position: int | None


def parts(code: str) -> list[str]:
    """The figures that a column is made of: a rate's two, else the column itself. UsageError `unknown_figure`."""
    for rate in RATES:
        if rate.code == code:
            return [rate.numerator, rate.denominator]
    _relation(code)
    return [code]


def expand(
    connection: Connection, unit: str, period: Period, code: str, position: int, tree_on: date | None = None
) -> list[Fact]:
    """The facts that a unit's figure adds up, in log order: the sum of their values is the figure.

    `code` is a column that is no rate (see `parts`); `tree_on` is the day of the tree, the period's last if it is left
    out. Raises UsageError `unknown_figure`.
    """
    relation, measure, breakdown, term = _relation(code)
    part = f"and {breakdown.column} = %(term)s" if breakdown else ""
    rows = connection.exec_driver_sql(
        f"{CONTEXT}, found as ("
        f"  select f.unit, f.value, f.position from ({RELATIONS[relation]}) f join place using (unit)"
        f"  where f.measure = %(measure)s and %(root)s = any(place.path) {part}"
        "), named as ("
        "  select distinct on (unit) unit, code from unit_change"
        "  where unit in (select unit from found) and code is not null and position <= %(position)s"
        "  order by unit, on_date desc, position desc"
        ") select f.unit::text, coalesce(tree.code, named.code), f.value, f.position"
        " from found f join named using (unit) left join tree using (unit) order by 4, 2",
        {**places(period, position, tree_on), "measure": measure, "root": unit, "term": term},
    )
    return [Fact(*row) for row in rows]


def _relation(code: str) -> tuple[str, str, Breakdown | None, str | None]:
    """Which relation holds a column: its name, the measure, and the breakdown with its term."""
    measure, _, part = code.partition(".")
    if code in {stock.code for stock in STOCKS}:
        return "stock", code, None, None
    if code in {target.code for target in TARGETS}:
        return "target", code, None, None
    if code in SUBMISSIONS:
        return ("expected" if code == "submissions.expected" else "submitted"), code, None, None
    if measure in {count.code for count in COUNTS}:
        if not part:
            return "count", measure, None, None
        name, _, term = part.partition(".")
        for breakdown in BREAKDOWNS:
            if breakdown.code == name and term in breakdown.terms:
                return "count", measure, breakdown, term
    raise UsageError("unknown_figure", figure=code)
