"""When a return is due and who owes it: what is usual of its form, unless a policy says otherwise."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

from schemas.forms.form import Form
from schemas.periods import Period
from schemas.policies.calendars import COUNTED_UNTIL, DUE, GRACE_DAYS, OPENS, OWES
from schemas.policies.in_force import USUAL, Rules
from schemas.policies.policy import always


class Days(NamedTuple):
    """The days of a return: nothing comes before `opens`; in time is what comes by `due`, or in the days of grace."""

    opens: date
    due: date
    grace: int

    @property
    def in_time_until(self) -> date:
        """The last day on which the return is in time."""
        return self.due + timedelta(days=self.grace)


def days(form: Form, period: Period, rules: Rules = USUAL, above: Sequence[str] = (), kind: str | None = None) -> Days:
    """The days of a return on a form for a period, of a unit of a kind with all that is `above` it, itself first."""
    calendar = form.duty.calendar
    opens = rules.in_force(OPENS, period.last, above, form=form.key, kind=kind, usual=calendar.opening_days).value
    due = rules.in_force(DUE, period.last, above, form=form.key, kind=kind, usual=calendar.due_days).value
    grace = rules.in_force(GRACE_DAYS, period.last, above, form=form.key, kind=kind).value
    return Days(opens.in_period(period), due.in_period(period), grace)


def owes(form: Form, period: Period, kind: str, rules: Rules = USUAL, above: Sequence[str] = ()) -> bool:
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
