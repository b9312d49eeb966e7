"""Expanding a figure to the facts behind it, with the predicate that counted it."""

from datetime import date
from typing import NamedTuple

from sqlalchemy import Connection

from events.errors import UsageError
from schemas.indicators.catalogue import BY_CODE, FIGURES
from schemas.indicators.indicator import Grade, Rate
from schemas.periods import Period
from warehouse.facts.basis import basis
from warehouse.facts.relations import CONTEXT, OF_NOMINEE, places, relation
from warehouse.hierarchy import roots


class Fact(NamedTuple):
    """What adds `value` to a figure, and the unit that reported it.

    `position` is the event since which it counts, `stated` the event that states it; a duty has neither. `subject` is
    the person whom the figure counts, where it counts people.
    """

    unit: str
    unit_code: str
    value: int
    position: int | None
    stated: int | None
    subject: str | None


def parts(code: str) -> list[str]:
    """The figures that a column is made of: a rate's two, also behind a grade, else the column itself.

    Raises UsageError `unknown_figure`.
    """
    if code not in FIGURES:
        raise UsageError("unknown_figure", figure=code)
    indicator = BY_CODE.get(code)
    if isinstance(indicator, Grade):
        indicator = BY_CODE[indicator.rate]
    return [indicator.numerator, indicator.denominator] if isinstance(indicator, Rate) else [code]


def expand(
    connection: Connection, unit: str, period: Period, code: str, position: int, tree_on: date | None = None
) -> list[Fact]:
    """The facts that a unit's figure adds up, as they were stated one after the other: their values make the figure.

    `code` is a column made of itself alone (see `parts`); `tree_on` is the day of the tree, the period's last if it is
    left out.
    """
    indicator, breakdown, term = FIGURES[code]
    joined, part = "", ""
    if breakdown:
        joined = OF_NOMINEE if breakdown.of == "nominee" else "join belonging on belonging.unit = f.unit"
        part = f"and ({breakdown.expression}) = %(term)s"
    on = basis(connection, period, position, tree_on, root_of_figure(connection, unit, period, position, tree_on))
    rows = connection.exec_driver_sql(
        f"{CONTEXT}, found as ("
        f"  select f.unit, f.value, f.position, f.stated, f.subject from ({relation([indicator])}) f"
        f"  join place on place.unit = f.unit {joined}"
        f"  where %(unit)s::uuid = any(place.path) {part}"
        "), named as ("
        "  select distinct on (unit) unit, code from unit_change left join tree using (unit)"
        "  where unit in (select unit from found) and code is not null and position <= %(position)s"
        "  order by unit, (path is not null and on_date <= %(tree_on)s) desc, on_date desc, position desc"
        ") select f.unit::text, named.code, f.value, f.position, f.stated, f.subject::text"
        " from found f join named using (unit) order by 5, 2",
        {**places(on), "unit": unit, "term": term},
    )
    return [Fact(*row) for row in rows]


def root_of_figure(
    connection: Connection, unit: str, period: Period, position: int, tree_on: date | None = None
) -> str | None:
    """The top whose figures a unit's are part of, on the tree of a day: also of a line, whose unit may stand elsewhere.

    None where it stands under nothing, or nobody lives.
    """
    tops = roots(connection, tree_on or period.last, position)
    if len(tops) == 1:
        return tops[0]
    found = connection.exec_driver_sql(
        f"{CONTEXT} select path[1]::text from place where unit = %(unit)s::uuid"
        " and not (undecidable and cardinality(path) = 1)",
        {**places(basis(connection, period, position, tree_on)), "unit": unit},
    ).scalar()
    return None if found is None else str(found)
