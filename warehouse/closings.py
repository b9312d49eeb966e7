"""The closings of periods: what was closed, and when closing begins to matter."""

from typing import NamedTuple

from sqlalchemy import Connection, text

from events.log.read import read
from events.types.reports import PeriodClosed
from schemas.periods import Period, parse


class Closing(NamedTuple):
    """A closing of a period: the position that its reports show, their number, and the code that compiled them.

    `digest` is what was recorded of the warehouse.
    """

    as_of: int
    reports: int
    code_version: str
    digest: str | None


def last_closing(connection: Connection, unit: str, period: str) -> Closing | None:
    """The last closing of a period for a unit and all units under it."""
    row = connection.execute(
        text(
            "select as_of, reports, code_version, closing.position"
            " from closing join report using (unit, period, as_of)"
            " where unit = :unit and period = :period order by closing.position desc, report.position desc limit 1"
        ),
        {"unit": unit, "period": period},
    ).one_or_none()
    if row is None:
        return None
    said = [event.payload for event in read(connection, row.position - 1, row.position)]
    digest = next((each.digest for each in said if isinstance(each, PeriodClosed)), None)
    return Closing(row.as_of, row.reports, row.code_version, digest)


def closed(connection: Connection) -> set[tuple[str, str]]:
    """Every unit (its id) for which, with all under it, a period (its code) was ever closed."""
    rows = connection.execute(text("select distinct unit::text, period from closing"))
    return {(row.unit, row.period) for row in rows}


def first_reported(connection: Connection) -> Period | None:
    """The period that ends first of those for which a workbook was valid."""
    found = connection.execute(text("select distinct period from submission where valid")).scalars()
    return min(map(parse, found), key=lambda period: period.last, default=None)
