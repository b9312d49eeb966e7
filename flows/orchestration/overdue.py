"""Which periods should have been compiled by a day and were not."""

from datetime import date

from flows.context import Context
from flows.orchestration.schedule import missed
from schemas.periods import Period
from warehouse.closings import closed_for_all, first_reported
from warehouse.projections import project


def overdue(context: Context, on: date) -> list[Period]:
    """The periods complete before the day for which the whole tree was never closed.

    It begins with the end of the first period for which a workbook was valid: before that there was nothing to report.
    """
    project.project(context.engine)
    with context.engine.connect() as connection:
        first = first_reported(connection)
        return missed(on, first, closed_for_all(connection)) if first else []
