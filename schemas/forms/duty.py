"""Who owes a form, for which periods, and when, as is usual of it (`schemas.forms.owing` says what holds)."""

from dataclasses import dataclass

from schemas.periods import PeriodKind
from schemas.policies.days import FIRST_DAY, Day
from schemas.policies.policy import Series, always

_FROM_ITS_FIRST_DAY = always(FIRST_DAY)


@dataclass(frozen=True)
class Calendar:
    """The days of a form in each of its periods; what is usual on a period's last day is that period's.

    In time is what is handed in by `due_days`, which may lie after the period; nothing is before `opening_days`.
    """

    due_days: Series[Day]
    opening_days: Series[Day] = _FROM_ITS_FIRST_DAY


@dataclass(frozen=True)
class Duty:
    """The kinds of unit that usually owe a form (`UNIT_KIND`), for every period of a kind."""

    kinds: frozenset[str]
    periods: PeriodKind
    calendar: Calendar
