"""What a unit reports for a period beside its nominees: numbers, activities, targets."""

from datetime import date

from events.types.base import Payload
from events.types.fields import Code, Count, Id, PeriodCode, Year


class MembershipCounted(Payload, frozen=True):
    """A stock on the last day of the period."""

    unit: Id
    period: PeriodCode
    measure: Code
    value: Count


class ActivityHeld(Payload, frozen=True):
    """An activity of the unit, with its participants and, of these, members."""

    unit: Id
    period: PeriodCode
    activity: Code
    on: date
    participants: Count
    members: Count | None = None


class TargetSet(Payload, frozen=True):
    """A target of the unit for a whole year."""

    unit: Id
    year: Year
    target: Code
    value: Count
