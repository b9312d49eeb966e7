"""From the rows of an accepted workbook to events: only what differs from what stands is recorded.

Pure: everything that is known comes in as values.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import polars as pl

from events import types
from events.log.recorded import Cause, NewEvent, Recorded
from events.types.base import Payload
from events.types.nominations import FactRetracted, NomineeIdentified, Step, Vote
from events.types.returns import ActivityHeld, MembershipCounted, TargetSet
from schemas.periods import Period
from schemas.vocabulary.steps import STEPS

Key = tuple[object, ...]
T = TypeVar("T")


@dataclass(frozen=True)
class Return:
    """The workbook being decided: whose, for when, and the accepted submissions that it revises."""

    submission: str
    unit: str
    period: Period
    revises: tuple[str, ...]


@dataclass(frozen=True)
class Stated:
    """A fact that the workbook states, with the place that states it."""

    payload: Payload
    sheet: str
    row: int


def stated(
    told: Return, frames: Mapping[str, pl.DataFrame], subjects: Mapping[str, str], commitments: Mapping[str, str]
) -> list[Stated]:
    """The facts of one workbook; `subjects` maps identity numbers, `commitments` maps subjects."""
    unit, period = told.unit, told.period.code
    facts: list[Stated] = []
    for row in frames["nominees"].iter_rows(named=True):
        subject = subjects[row["identity"]]
        payload: Payload = NomineeIdentified(
            subject,
            unit,
            row["on"],
            row["sex"],
            row["birth_date"].year,
            row["ethnic_minority"] == "yes",
            row["source_group"],
            commitments[subject],
        )
        facts.append(Stated(payload, "nominees", row["sheet_row"]))
    for row in frames["steps"].iter_rows(named=True):
        cls = types.TYPES[STEPS[row["step"]].event]
        votes = {k: row[k] for k in ("total", "present", "votes_for", "votes_against")} if issubclass(cls, Vote) else {}
        payload = cls(subject=subjects[row["identity"]], unit=unit, on=row["on"], document=row["document"], **votes)
        facts.append(Stated(payload, "steps", row["sheet_row"]))
    for row in frames["membership"].iter_rows(named=True):
        payload = MembershipCounted(unit, period, row["measure"], row["value"])
        facts.append(Stated(payload, "membership", row["sheet_row"]))
    for row in frames["activities"].iter_rows(named=True):
        payload = ActivityHeld(unit, period, row["activity"], row["on"], row["participants"], row["members"])
        facts.append(Stated(payload, "activities", row["sheet_row"]))
    for row in frames["targets"].iter_rows(named=True):
        payload = TargetSet(unit, told.period.first.year, row["target"], row["value"])
        facts.append(Stated(payload, "targets", row["sheet_row"]))
    return facts


def differences(
    told: Return, facts: Sequence[Stated], standing: Sequence[Recorded], versions: Mapping[str, int]
) -> list[NewEvent]:
    """The events that turn what stands into what the workbook states: recorded, corrected, retracted.

    `versions` maps each stream to its last version. A fact that an earlier return stated already is not
    recorded again; a fact of the revised returns that is no longer stated is retracted.
    """
    next_version = defaultdict(int, versions)
    # A step of another return is another step; a person and a target are the same wherever they are stated.
    other = [event for event in standing if isinstance(event.payload, Step) and not _revised(told, event)]
    before = dict(_numbered((event.payload, event) for event in standing if event not in other))
    elsewhere = {event.payload for event in other}
    events: list[NewEvent] = []

    def add(stream: str, payload: Payload, sheet: str | None, row: int | None, supersedes: int | None) -> None:
        next_version[stream] += 1
        cause = Cause(told.submission, sheet, row)
        events.append(NewEvent(stream, next_version[stream], payload, cause, supersedes))

    now = dict(_numbered((fact.payload, fact) for fact in facts))
    for key, fact in now.items():
        old = before.get(key)
        if old is None:
            if fact.payload not in elsewhere:
                add(stream_of(fact.payload), fact.payload, fact.sheet, fact.row, None)
        elif old.payload != fact.payload:
            add(old.stream, fact.payload, fact.sheet, fact.row, old.version)
    for key, old in before.items():
        if key not in now and _revised(told, old):
            add(old.stream, FactRetracted(), None, None, old.version)
    return events


def stream_of(payload: Payload) -> str:
    """The stream that a fact belongs to."""
    match payload:
        case NomineeIdentified(subject=subject) | Step(subject=subject):
            return f"nomination-{subject}"
        case MembershipCounted(unit=unit, period=period) | ActivityHeld(unit=unit, period=period):
            return f"return-{unit}-{period}"
        case TargetSet(unit=unit, year=year):
            return f"plan-{unit}-{year}"
    raise TypeError(type(payload).__name__)


def _revised(told: Return, event: Recorded) -> bool:
    return event.cause is not None and event.cause.submission in told.revises


def _numbered(facts: Iterable[tuple[Payload, T]]) -> list[tuple[Key, T]]:
    """Facts under the key by which two revisions of a return speak of the same thing.

    Where a thing may happen twice, its place in order of days tells it apart, so that a changed day is a correction.
    """
    told = list(facts)
    seen: dict[Key, int] = defaultdict(int)
    keys: dict[int, Key] = {}
    for place in sorted(range(len(told)), key=lambda place: str(getattr(told[place][0], "on", ""))):
        key = _key(told[place][0])
        seen[key] += 1
        keys[place] = (*key, seen[key])
    return [(keys[place], fact) for place, (_, fact) in enumerate(told)]


def _key(payload: Payload) -> Key:
    match payload:
        case NomineeIdentified(subject=subject):
            return ("nominee", subject)
        case Step(subject=subject):
            return ("step", subject, type(payload).__name__)
        case MembershipCounted(measure=measure):
            return ("membership", measure)
        case ActivityHeld(activity=activity):
            return ("activity", activity)
        case TargetSet(target=target):
            return ("target", target)
    raise TypeError(type(payload).__name__)
