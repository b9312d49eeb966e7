"""Typed events as a province sends them: about 340 bytes each, many streams side by side, keys in order of time."""

from collections.abc import Iterator
from datetime import date
from itertools import islice

from events.ids import new_id
from events.recorded import Cause, NewEvent
from events.types import nominations as steps
from events.types.base import Payload
from events.types.returns import MembershipCounted
from events.types.submissions import SubmissionAccepted

NOMINEES = 300
"""Nominations under way at the same time: their streams grow side by side, and go on in the next batch."""

_DAY = date(2026, 1, 15)
_HASH = "5f" * 32


def events(count: int) -> Iterator[NewEvent]:
    """`count` events of eight types, made as they are asked for; streams hold seven, or one."""
    return islice(_waves(), count)


def submission(facts: int) -> list[NewEvent]:
    """One accepted submission and the facts in it, each of a stream of its own."""
    number, unit = new_id(), new_id()
    accepted = SubmissionAccepted(number, unit, "2026Q1", facts, _HASH, facts=facts)
    return [
        NewEvent(f"submission-{number}", 1, accepted, "unit"),
        *(
            NewEvent(f"nomination-{new_id()}", 1, _identified(new_id(), unit), "unit", Cause(number, "dv", row))
            for row in range(facts)
        ),
    ]


def _waves() -> Iterator[NewEvent]:
    while True:
        unit, submission = new_id(), new_id()
        people = [(f"nomination-{new_id()}", new_id()) for _ in range(NOMINEES)]
        for version in range(1, 8):
            for row, (stream, subject) in enumerate(people):
                yield NewEvent(stream, version, _step(version, subject, unit), "unit", Cause(submission, row=row))
        for row in range(NOMINEES):
            yield NewEvent(f"return-{new_id()}.2026Q1", 1, MembershipCounted(unit, "2026Q1", "members", row), "unit")


def _step(version: int, subject: str, unit: str) -> Payload:
    match version:
        case 1:
            return _identified(subject, unit)
        case 2:
            return steps.BranchVoted(subject, unit, _DAY, total=23, votes_for=21)
        case 3:
            return steps.NominationResolved(subject, unit, _DAY, "12-NQ/ĐTN")
        case 4:
            return steps.ListHandedOver(subject, unit, _DAY)
        case 5:
            return steps.ClassSent(subject, unit, _DAY)
        case 6:
            return steps.ClassPassed(subject, unit, _DAY)
        case _:
            return steps.CandidateRecognised(subject, unit, _DAY)


def _identified(subject: str, unit: str) -> Payload:
    return steps.NomineeIdentified(subject, unit, _DAY, "female", 1999, False, "worker", _HASH)
