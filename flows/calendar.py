"""What day it is where the reports are due: in the time zone that is laid down by policy."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from flows.context import Context
from warehouse import policies
from warehouse.projections import project


def zone(context: Context) -> ZoneInfo:
    """The time zone of today's policy."""
    project.project(context.engine)
    with context.engine.connect() as connection:
        return policies.time_zone(connection)


def today(context: Context) -> date:
    """The date now in that zone."""
    return datetime.now(zone(context)).date()
