"""A history for tests: nominees, steps, corrections, retractions, submissions and numbers, in a small province."""

import random
from datetime import date, timedelta

from events.log.recorded import NewEvent
from events.types.nominations import FactRetracted
from events.types.returns import MembershipCounted, TargetSet
from tests.warehouse.province import nominee, step, submission, unit_id

BRANCHES = ("28756-01", "28756-02", "28757-01", "28807-01", "28807-02")


def history(rng: random.Random, people: int, tag: str) -> list[NewEvent]:
    """Events of so many people and their branches; `tag` keeps the streams of two histories apart."""
    events: list[NewEvent] = []
    for number in range(people):
        branch = rng.choice(BRANCHES)
        day = date(2025, 1, 1) + timedelta(days=rng.randrange(150))
        person = nominee(branch, day, rng.choice(["female", "male"]))
        events += [person, step(person, 2, "voted", day + timedelta(days=9))]
        if rng.random() < 0.4:
            events.append(step(person, 3, "voted", day + timedelta(days=rng.randrange(10, 99)), supersedes=2))
        elif rng.random() < 0.3:
            events.append(NewEvent(person.stream, 3, FactRetracted(), supersedes=2))
        if rng.random() < 0.3:
            events += submission(branch, "2025Q1", date(2025, 3, 15), valid=rng.random() < 0.7)
            events.append(NewEvent(f"plan-{tag}-{number}", 1, TargetSet(unit_id(branch), 2025, "admitted", number)))
            counted = MembershipCounted(unit_id(branch), "2025Q1", "members", number)
            events.append(NewEvent(f"return-{tag}-{number}", 1, counted))
    return events
