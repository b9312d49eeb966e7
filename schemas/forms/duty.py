"""Who owes a form, for which periods, and when: dated settings, since calendars change from year to year."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from typing import Literal

from schemas.periods import Period, PeriodKind
from schemas.policies.deadlines import in_force


@dataclass(frozen=True)
class Day:
    """A day told by a period: the `day` of the month that is `months` after that of its first or its last day.

    A month that is shorter ends with its last day.
    """

    of: Literal["first", "last"]
    months: int
    day: int

    def in_period(self, period: Period) -> date:
        """The day that is meant for a period; it may lie before or after it."""
        anchor = period.first if self.of == "first" else period.last
        year, month = divmod(12 * anchor.year + anchor.month - 1 + self.months, 12)
        return date(year, month + 1, min(self.day, monthrange(year, month + 1)[1]))


FIRST_DAY = Day("first", 0, 1)
LAST_DAY = Day("last", 0, 31)

Dated = tuple[tuple[date, Day], ...]
"""From which day on which one holds; what holds on a period's last day is that period's."""


def always(day: Day) -> Dated:
    """One day in every period."""
    return ((date(1900, 1, 1), day),)


_FROM_ITS_FIRST_DAY, _TO_ITS_LAST_DAY = always(FIRST_DAY), always(LAST_DAY)


@dataclass(frozen=True)
class Calendar:
    """The days of a form in each of its periods.

    In time is what is handed in by `due`, which may lie after the period. What happened by `cut_off` is reported; it
    lies within the period. Nothing is handed in before `opens`.
    """

    due_days: Dated
    opening_days: Dated = _FROM_ITS_FIRST_DAY
    cut_off_days: Dated = _TO_ITS_LAST_DAY

    def due(self, period: Period) -> date:
        """Last day on which the form is in time."""
        return in_force(self.due_days, period.last).in_period(period)

    def opens(self, period: Period) -> date:
        """First day on which the form may be handed in."""
        return in_force(self.opening_days, period.last).in_period(period)

    def cut_off(self, period: Period) -> date:
        """Last day of which the form reports, as its template tells whoever fills it in.

        It binds nobody: the gate takes what happened after it, up to the period's last day, and figures count each
        thing by its own day.
        """
        return in_force(self.cut_off_days, period.last).in_period(period)


@dataclass(frozen=True)
class Duty:
    """The kinds of unit that owe a form (`UNIT_KIND`), for every period of a kind."""

    kinds: frozenset[str]
    periods: PeriodKind
    calendar: Calendar
