"""Typed events as a province sends them: about 340 bytes each, many streams side by side, keys in order of time."""

from collections.abc import Callable, Iterator
from datetime import date
from functools import partial
from itertools import islice

from events.ids import new_id
from events.log.recorded import Cause, NewEvent
from events.proof.merkle import EMPTY_ROOT
from events.types.base import Payload
from events.types.nominations import (
    AdmissionDecided,
    BranchVoted,
    CandidateRecognised,
    ClassPassed,
    ClassSent,
    ListHandedOver,
    NominationResolved,
    NomineeIdentified,
)
from events.types.returns import MembershipCounted
from events.types.submissions import SubmissionFoundValid

ACTOR = "command.submit"

NOMINEES = 300
"""Nominations under way at the same time: their streams grow side by side, and go on in the next batch."""

FACTS = 50
"""Facts in a submission."""

_DAY = date(2026, 1, 15)
_HASH = "5f" * 32


def events(count: int) -> Iterator[NewEvent]:
    """`count` events, made as they are asked for: submissions and their facts, a log that verifies beside no vault."""
    facts = _facts()
    while count:
        told = min(FACTS, count - 1)
        number, unit = new_id(), new_id()
        yield _accepted(number, unit, told)
        for row, (stream, version, fact) in enumerate(islice(facts, told)):
            yield NewEvent(stream, version, fact, Cause(number, row=row))
        count -= told + 1


def submission(facts: int) -> list[NewEvent]:
    """One accepted submission and so many nominees identified in it."""
    number, unit = new_id(), new_id()
    identified = (NomineeIdentified(new_id(), unit, _DAY, "female", 1999, False, "worker", _HASH) for _ in range(facts))
    return [
        _accepted(number, unit, facts),
        *(NewEvent(f"nomination-{new_id()}", 1, fact, Cause(number, "dv", row)) for row, fact in enumerate(identified)),
    ]


def _accepted(number: str, unit: str, facts: int) -> NewEvent:
    accepted = SubmissionFoundValid(
        number, unit, "2026Q1", "branch-quarterly", 1, date(2026, 3, 31), 0, EMPTY_ROOT.hex(), facts=facts
    )
    return NewEvent(f"submission-{number}", 1, accepted)


def _facts() -> Iterator[tuple[str, int, Payload]]:
    """Streams, versions and facts without end: seven steps of each nomination, then as many counts."""
    while True:
        unit = new_id()
        people = [(f"nomination-{new_id()}", new_id()) for _ in range(NOMINEES)]
        for version, step in enumerate(_STEPS, start=1):
            for stream, subject in people:
                yield stream, version, step(subject, unit, _DAY)
        for value in range(NOMINEES):
            yield f"return-{new_id()}.2026Q1", 1, MembershipCounted(unit, "2026Q1", "members", value)


_STEPS: tuple[Callable[[str, str, date], Payload], ...] = (
    partial(BranchVoted, total=23, votes_for=21),
    partial(NominationResolved, document="12-NQ/ĐTN"),
    ListHandedOver,
    ClassSent,
    ClassPassed,
    CandidateRecognised,
    AdmissionDecided,
)
