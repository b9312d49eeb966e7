"""Which periods should have been compiled by a day and were not."""

from datetime import date

from sqlalchemy import text

from flows.context import Context
from flows.orchestration.schedule import missed
from schemas.periods import Period, parse
from warehouse.projections import project


def overdue(context: Context, on: date) -> list[Period]:
    """The periods due before the day for which the whole tree was never closed.

    It begins with the first period for which a workbook was accepted: before that there was nothing to report.
    """
    project.project(context.engine)
    with context.engine.connect() as connection:
        first = connection.execute(text("select min(period) from submission where accepted")).scalar()
        closed = connection.execute(
            text("select distinct period from closing where unit in (select unit from unit_change where level = 1)")
        ).scalars()
        return missed(on, parse(first), set(closed)) if first else []
