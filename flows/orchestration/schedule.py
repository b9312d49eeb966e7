"""When which period is compiled: pure dates, by the clock that is laid down."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal, get_args

from schemas.forms.family import about
from schemas.forms.owing import days, owes
from schemas.periods import Period, ended, parse
from schemas.policies.in_force import USUAL, Rules
from schemas.vocabulary.terms import UNIT_KIND
from warehouse.hierarchy.chains import Chain

Kind = Literal["quarter", "half", "year"]

KINDS_OF_UNIT = tuple(UNIT_KIND.terms)

KINDS: tuple[Kind, ...] = get_args(Kind)


@dataclass(frozen=True)
class Appointment:
    """A day in each of some months, and the hour at which a flow runs on it."""

    months: tuple[int, ...]
    day: int
    hour: int

    @property
    def cron(self) -> str:
        """The same for cron: minute, hour, day, months, any day of the week."""
        return f"0 {self.hour} {self.day} {','.join(map(str, self.months))} *"

    def falls_on(self, on: date) -> bool:
        """Whether it is on this day."""
        return on.month in self.months and on.day == self.day


PERIOD_ENDS: dict[Kind, Appointment] = {
    "quarter": Appointment((1, 4, 7, 10), 1, 2),
    "half": Appointment((1, 7), 1, 3),
    "year": Appointment((1,), 1, 4),
}
"""The morning after the last day of a period; quarters first. What is due later is compiled by RECONCILE when it is."""

YEARLY_LIST = Appointment((2,), 1, 5)
"""Two days before 3 February, for which each level hands its list to the Party committee (letter 2164, 3)."""

RECONCILE = "30 5 * * *"
"""Every morning, after whatever was to run that night."""

INBOX = "*/5 * * * *"


def complete_on(
    period: Period, rules: Rules = USUAL, chains: Collection[Chain] = ((),), kinds: Collection[str] = KINDS_OF_UNIT
) -> date:
    """The day after which a period is compiled: its last, or a later one until which a return on it is in time.

    Returns on the period or its parts, of units of these kinds, in the days of grace too, by what is laid down for any
    of `chains`: a root, and the units under it that have rules of their own, each with all above it. Forms about a
    whole year hold nothing up: the list for 3 February needs the year's report, so the year is compiled with its last
    quarter, and what comes later on such a form changes it as a correction does.
    """
    dues = (
        days(form, part, rules, above, kind).in_time_until
        for part in period.parts()
        if part.kind != "year"
        for form in about(part)
        for above in chains
        for kind in kinds
        if owes(form, part, kind, rules, above)
    )
    return max([period.last, *dues])


def over(on: date, since: Period) -> list[Period]:
    """The periods that ended before a day, and with `since` or after it, in the order in which they are compiled."""
    return [
        period
        for year in range(since.last.year, on.year + 1)
        for period in _of_year(year)
        if since.last <= period.last < on
    ]


def _of_year(year: int) -> Iterator[Period]:
    for month in range(1, 13):
        for kind in KINDS:
            period = ended(kind, date(year + month // 12, month % 12 + 1, 1))
            if (period.last.year, period.last.month) == (year, month):
                yield period


def last_year(on: date) -> Period:
    """The year before that of a day: what the list for its 3 February is about."""
    return parse(str(on.year - 1))
