"""The closings of periods: what was closed, and when closing begins to matter."""

from typing import NamedTuple

from sqlalchemy import Connection, text

from schemas.periods import Period, parse


class Closing(NamedTuple):
    """A closing of a period: the position that its reports show, their number, and the code that compiled them."""

    as_of: int
    reports: int
    code_version: str


def last_closing(connection: Connection, unit: str, period: str) -> Closing | None:
    """The last closing of a period for a unit and all units under it."""
    row = connection.execute(
        text(
            "select as_of, reports, code_version from closing join report using (unit, period, as_of)"
            " where unit = :unit and period = :period order by closing.position desc, report.position desc limit 1"
        ),
        {"unit": unit, "period": period},
    ).one_or_none()
    return None if row is None else Closing(*row)


def closed_for_all(connection: Connection) -> set[str]:
    """The codes of the periods that were ever closed for a whole tree."""
    return set(
        connection.execute(
            text("select distinct period from closing where unit in (select unit from unit_change where level = 1)")
        ).scalars()
    )


def first_reported(connection: Connection) -> Period | None:
    """The period that ends first of those for which a workbook was valid."""
    found = connection.execute(text("select distinct period from submission where valid")).scalars()
    return min(map(parse, found), key=lambda period: period.last, default=None)
