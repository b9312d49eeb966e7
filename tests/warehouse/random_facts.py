"""Random facts of every kind about given units: with submissions, late ones, corrections and retractions."""

import random
from collections.abc import Sequence
from datetime import date, timedelta

from events.ids import new_id
from events.log.recorded import Cause, NewEvent
from events.types import TYPES
from events.types.base import Payload
from events.types.nominations import FactRetracted, NomineeIdentified
from events.types.returns import ActivityHeld, MembershipCounted, TargetSet
from events.types.submissions import SubmissionFoundValid, SubmissionReceived
from schemas.periods import parse
from schemas.vocabulary.steps import STEPS
from schemas.vocabulary.terms import ACTIVITY, MEASURE, SOURCE_GROUP, TARGET
from tests.warehouse.province import HASH

FIRST, LAST = date(2024, 3, 1), date(2025, 8, 31)
OLD = date(2020, 1, 20)
"""Certificates of these days lapse in the first half of 2025."""
QUARTERS = ("2024Q1", "2024Q4", "2025Q1", "2025Q2")


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
        for quarter in QUARTERS[2:]:
            while rng.random() < 0.5:
                name = new_id()
                on = date(2025, 3 * int(quarter[-1]), rng.randint(10, 28))
                received = SubmissionReceived(name, on, HASH, 1, unit, quarter, "branch-quarterly", 1)
                events.append(NewEvent(f"submission-{name}", 1, received))
                if rng.random() < 0.7:
                    submissions.append(name)
                    verdict = SubmissionFoundValid(
                        name, unit, quarter, "branch-quarterly", 1, parse(quarter).last, 0, HASH
                    )
                    events.append(NewEvent(f"submission-{name}", 2, verdict, cause=Cause(name)))
    facts = [fact for _ in range(people) for fact in _person(rng, units, submissions)]
    facts += [fact for unit in units for fact in _numbers(rng, unit)]
    return events + facts


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
            say(step)
            if rng.random() < 0.8:
                break
        if rng.random() < 0.2:  # corrected
            say(TYPES[STEPS[code].event](subject=subject, unit=rng.choice(units), on=a_day(rng)), len(events))  # type: ignore[call-arg]
        if rng.random() < 0.1:
            say(FactRetracted(), len(events))
    return events


def _numbers(rng: random.Random, unit: str) -> list[NewEvent]:
    events: list[NewEvent] = []
    for quarter in QUARTERS:
        said: list[Payload] = [
            MembershipCounted(unit, quarter, measure, rng.randint(0, 40))
            for measure in MEASURE.terms
            if rng.random() < 0.5
        ]
        for activity in ACTIVITY.terms:
            if rng.random() < 0.3:
                members = rng.choice([None, rng.randint(0, 9)])
                said.append(ActivityHeld(unit, quarter, activity, a_day(rng), rng.randint(9, 30), members))
        events += [NewEvent(f"return-{unit}-{quarter}", v, p) for v, p in enumerate(said, start=1)]
    targets = [TargetSet(unit, 2025, target, rng.randint(0, 9)) for target in TARGET.terms if rng.random() < 0.7]
    return events + [NewEvent(f"plan-{unit}-2025", v, target) for v, target in enumerate(targets, start=1)]
