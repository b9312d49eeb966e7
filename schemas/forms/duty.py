"""Who owes a form, for which periods, and when, as is usual of it; a policy may say otherwise for a unit and a year."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple

from schemas.periods import Period, PeriodKind
from schemas.policies.calendars import COUNTED_UNTIL, DUE, GRACE_DAYS, OPENS, OWES
from schemas.policies.days import FIRST_DAY, Day
from schemas.policies.in_force import USUAL, Rules
from schemas.policies.policy import Series, always

if TYPE_CHECKING:
    from schemas.forms.form import Form

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


class Days(NamedTuple):
    """The days of a return: nothing comes before `opens`; in time is what comes by `due`, or in the days of grace."""

    opens: date
    due: date
    grace: int

    @property
    def in_time_until(self) -> date:
        """The last day on which the return is in time."""
        return self.due + timedelta(days=self.grace)


def days(
    form: "Form", period: Period, rules: Rules = USUAL, above: Sequence[str] = (), kind: str | None = None
) -> Days:
    """The days of a return on a form for a period, of a unit of a kind with all that is `above` it, itself first."""
    calendar = form.duty.calendar
    opens = rules.in_force(OPENS, period.last, above, form=form.key, kind=kind, usual=calendar.opening_days).value
    due = rules.in_force(DUE, period.last, above, form=form.key, kind=kind, usual=calendar.due_days).value
    grace = rules.in_force(GRACE_DAYS, period.last, above, form=form.key, kind=kind).value
    return Days(opens.in_period(period), due.in_period(period), grace)


def owes(form: "Form", period: Period, kind: str, rules: Rules = USUAL, above: Sequence[str] = ()) -> bool:
    """Whether a unit of a kind owes a form for a period."""
    usual = always(kind in form.duty.kinds)
    return (
        form.duty.periods == period.kind
        and rules.in_force(OWES, period.last, above, form=form.key, kind=kind, usual=usual).value
    )


def counted_until(period: Period, rules: Rules = USUAL, root: Sequence[str] = ()) -> date:
    """The last day whose data counts for a period; a range of days counts itself."""
    if period.kind == "range":
        return period.last
    return rules.in_force(COUNTED_UNTIL, period.last, root).value.in_period(period)
