"""What day it is where the reports are due."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from flows.settings import Settings


def today(settings: Settings) -> date:
    """The date now in the set time zone."""
    return datetime.now(ZoneInfo(settings.timezone)).date()
