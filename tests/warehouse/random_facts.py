"""Random facts of every kind about given units: submissions of several forms, late ones, corrections, retractions."""

import random
from collections.abc import Sequence
from datetime import date, timedelta

from msgspec.structs import replace

from events.ids import new_id
from events.log.recorded import Cause, NewEvent
from events.types import TYPES
from events.types.base import Payload
from events.types.nominations import FactRetracted, NomineeIdentified, NomineeTransferred
from events.types.returns import ActivityHeld, MembershipCounted, OrganisationRated, PlanScheduled, TargetSet
from events.types.submissions import (
    SubmissionFoundValid,
    SubmissionReceived,
    SubmissionReturned,
    SubmissionSubmitted,
    SubmissionSuperseded,
)
from schemas.periods import parse
from schemas.vocabulary.steps import STEPS
from schemas.vocabulary.terms import ACTIVITY, GRADE, MEASURE, MILESTONE, SOURCE_GROUP, TARGET
from tests.warehouse.province import HASH

FIRST, LAST = date(2024, 3, 1), date(2025, 8, 31)
OLD = date(2020, 1, 20)
"""Certificates of these days lapse in the first half of 2025."""
QUARTERS = ("2024Q1", "2024Q4", "2025Q1", "2025Q2")
RETURNS = (
    *(("branch-quarterly", quarter) for quarter in QUARTERS[2:]),
    *(("activities", quarter) for quarter in QUARTERS[2:]),
    ("yearly-plan", "2025"),
    ("rating", "2025"),
)


def a_day(rng: random.Random) -> date:
    if rng.random() < 0.1:
        return OLD + timedelta(days=rng.randrange(240))
    # Few days, so that some steps fall on one.
    return FIRST + timedelta(days=rng.randrange(0, (LAST - FIRST).days, 5))


def random_facts(rng: random.Random, units: Sequence[str], people: int) -> list[NewEvent]:
    """Facts in the order in which they come in, submissions before what they state."""
    events: list[NewEvent] = []
    submissions: list[str] = []
    for unit in units:
        for form, period in RETURNS:
            events += _revisions(rng, unit, form, period, submissions)
    facts = [fact for _ in range(people) for fact in _person(rng, units, submissions)]
    facts += [fact for unit in units for fact in _numbers(rng, unit, units, submissions)]
    return events + facts


def _revisions(rng: random.Random, unit: str, form: str, period: str, valid: list[str]) -> list[NewEvent]:
    """What came of one return, revision after revision; `valid` hears of those that were found valid."""
    events: list[NewEvent] = []
    counting: NewEvent | None = None
    last = parse(period).last
    while rng.random() < 0.5:
        name = new_id()
        stream, on = f"submission-{name}", last - timedelta(days=rng.randint(-30, 30))
        events.append(NewEvent(stream, 1, SubmissionReceived(name, on, HASH, 1, unit, period, form, 1)))
        if rng.random() < 0.3:
            continue
        valid.append(name)
        counts = rng.random() < 0.8
        found = SubmissionFoundValid(name, unit, period, form, 1, last, 0, HASH, counts=counts)
        events.append(NewEvent(stream, 2, found, cause=Cause(name)))
        events.append(NewEvent(stream, 3, SubmissionSubmitted(name, new_id())))
        if counts and counting:
            old = counting.stream.removeprefix("submission-")
            events.append(NewEvent(counting.stream, 4, SubmissionSuperseded(old, name)))
        counting = NewEvent(stream, 3, found) if counts else counting
        if rng.random() < 0.2:
            events.append(NewEvent(stream, 4, SubmissionReturned(name, "incomplete")))
            counting = None if counts else counting
    return events


def _person(rng: random.Random, units: Sequence[str], submissions: Sequence[str]) -> list[NewEvent]:
    subject = new_id()
    stream = f"nomination-{subject}"
    events: list[NewEvent] = []

    def say(payload: Payload, supersedes: int | None = None) -> None:
        cause = Cause(rng.choice(submissions)) if submissions and rng.random() < 0.6 else None
        events.append(NewEvent(stream, len(events) + 1, payload, cause=cause, supersedes=supersedes))

    def identified() -> NomineeIdentified:
        sex, group = rng.choice(("female", "male")), rng.choice(list(SOURCE_GROUP.terms))
        minority = rng.random() < 0.4
        return NomineeIdentified(subject, rng.choice(units), a_day(rng), sex, 2003, minority, group, HASH)  # type: ignore[arg-type]

    say(identified())
    if rng.random() < 0.2:
        say(identified(), supersedes=1)
    for _ in range(rng.randint(0, 7)):
        code = rng.choice([*(step for step in STEPS if step != "identified"), "admitted", "nominated", "class_passed"])
        for _ in range(2):
            step = TYPES[STEPS[code].event](subject=subject, unit=rng.choice(units), on=a_day(rng))  # type: ignore[call-arg]
            if isinstance(step, NomineeTransferred) and rng.random() < 0.7:
                step = replace(step, to=rng.choice(units))
            say(step)
            if rng.random() < 0.2:  # stated by another return, too
                say(replace(step, unit=rng.choice(units)))
            if rng.random() < 0.8:
                break
        if rng.random() < 0.2:  # corrected
            say(TYPES[STEPS[code].event](subject=subject, unit=rng.choice(units), on=a_day(rng)), len(events))  # type: ignore[call-arg]
        if rng.random() < 0.1:
            say(FactRetracted(), len(events))
    return events


def _numbers(rng: random.Random, unit: str, units: Sequence[str], submissions: Sequence[str]) -> list[NewEvent]:
    said: list[Payload] = []
    for quarter in QUARTERS:
        said += [
            MembershipCounted(unit, quarter, measure, rng.randint(0, 40))
            for measure in MEASURE.terms
            if rng.random() < 0.5
        ]
        for activity in ACTIVITY.terms:
            if rng.random() < 0.3:
                members = rng.choice([None, rng.randint(0, 9)])
                said.append(ActivityHeld(unit, quarter, activity, a_day(rng), rng.randint(9, 30), members))
    said += [TargetSet(unit, 2025, target, rng.randint(0, 9)) for target in TARGET.terms if rng.random() < 0.7]
    said += [
        PlanScheduled(unit, 2025, milestone, a_day(rng), rng.randint(0, 9))
        for milestone in MILESTONE.terms
        if rng.random() < 0.3
    ]
    if rng.random() < 0.5:
        proposed, decided = (rng.choice(list(GRADE.terms)) for _ in range(2))
        said.append(OrganisationRated(unit, 2025, rng.choice(units), proposed, rng.choice([None, decided])))
    events: list[NewEvent] = []
    for payload in said:
        for number in range(rng.choice((1, 1, 1, 2, 3))):  # several returns state the same thing, each in its way
            again = payload if number == 0 or not hasattr(payload, "value") else replace(payload, value=number)
            cause = Cause(rng.choice(submissions)) if submissions and (number or rng.random() < 0.5) else None
            events.append(NewEvent(f"return-{unit}-all", len(events) + 1, again, cause=cause))
            if rng.random() < 0.1:
                events.append(NewEvent(f"return-{unit}-all", len(events) + 1, FactRetracted(), cause, len(events)))
    return events
