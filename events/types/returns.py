"""What a unit reports beside its nominees: numbers, activities, targets, plans, ratings."""

from datetime import date
from typing import ClassVar

from events.types.base import Payload
from events.types.fields import Code, Count, DocumentNumber, Id, PeriodCode, Year


class MembershipCounted(Payload, frozen=True):
    """A stock on the last day of the period."""

    key: ClassVar[tuple[str, ...]] = ("unit", "period", "measure")

    unit: Id
    period: PeriodCode
    measure: Code
    value: Count


class ActivityHeld(Payload, frozen=True):
    """An activity of the unit, with its participants and, of these, members.

    `number` tells several of one kind on one day apart.
    """

    key: ClassVar[tuple[str, ...]] = ("unit", "activity", "on", "number")

    unit: Id
    period: PeriodCode
    activity: Code
    on: date
    participants: Count
    members: Count | None = None
    number: Count = 1


class TargetSet(Payload, frozen=True):
    """A target of the unit for a whole year."""

    key: ClassVar[tuple[str, ...]] = ("unit", "year", "target")

    unit: Id
    year: Year
    target: Code
    value: Count


class PlanScheduled(Payload, frozen=True):
    """When the unit plans to reach a milestone of the year's nominations, with how many people."""

    key: ClassVar[tuple[str, ...]] = ("unit", "year", "milestone")

    unit: Id
    year: Year
    milestone: Code
    on: date
    planned: Count


class OrganisationRated(Payload, frozen=True):
    """A grassroots organisation, the `unit`, was rated for a year by the unit `by`; `decided` once that is known."""

    key: ClassVar[tuple[str, ...]] = ("unit", "year")

    unit: Id
    year: Year
    by: Id
    proposed: Code
    decided: Code | None = None
    document: DocumentNumber | None = None
