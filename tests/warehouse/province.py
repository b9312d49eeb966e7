"""A small province for tests: units and facts appended straight to the log and projected."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import Engine

from events import log
from events.ids import fixed_id, new_id
from events.log.recorded import Cause, NewEvent
from events.types import TYPES
from events.types.base import Payload
from events.types.nominations import NomineeIdentified
from events.types.submissions import SubmissionFoundValid, SubmissionReceived
from events.types.units import UnitEstablished
from schemas.periods import parse
from schemas.vocabulary.steps import STEPS
from tests.actors import TESTER
from tests.causes import caused
from warehouse.projections.project import project

SINCE = date(2020, 1, 1)
KINDS = {1: "province", 2: "district", 3: "commune", 4: "branch"}
HASH = "0" * 64


def unit_id(code: str) -> str:
    return fixed_id("test unit", code)


def establish(code: str, parent: str | None, level: int, kind: str | None = None) -> NewEvent:
    unit = unit_id(code)
    payload = UnitEstablished(
        unit, code, f"Đơn vị {code}", kind or KINDS[level], level, SINCE, parent and unit_id(parent)
    )
    return NewEvent(f"unit-{unit}", 1, payload)


def small_province() -> list[NewEvent]:
    """One province (83), two districts, three communes, five branches."""
    return [
        establish("83", None, 1),
        establish("829", "83", 2),
        establish("831", "83", 2),
        establish("28756", "829", 3),
        establish("28757", "829", 3),
        establish("28807", "831", 3),
        *(
            establish(code, code.split("-")[0], 4)
            for code in ("28756-01", "28756-02", "28757-01", "28807-01", "28807-02")
        ),
    ]


def nominee(unit: str, on: date, sex: str = "female", minority: bool = False, group: str = "resident") -> NewEvent:
    subject = new_id()
    payload = NomineeIdentified(subject, unit_id(unit), on, sex, 2003, minority, group, HASH)  # type: ignore[arg-type]
    return NewEvent(f"nomination-{subject}", 1, payload)


def step(of: NewEvent, version: int, code: str, on: date, supersedes: int | None = None) -> NewEvent:
    assert isinstance(of.payload, NomineeIdentified)
    payload: Payload = TYPES[STEPS[code].event](subject=of.payload.subject, unit=of.payload.unit, on=on)  # type: ignore[call-arg]
    return NewEvent(of.stream, version, payload, supersedes=supersedes)


def submission(
    unit: str, period: str, received_on: date, *, valid: bool = True, form: str = "branch-quarterly"
) -> list[NewEvent]:
    """A submission received and valid, or received and waiting."""
    name = new_id()
    received = SubmissionReceived(name, received_on, HASH, 1, unit_id(unit), period, form, 1)
    events = [NewEvent(f"submission-{name}", 1, received)]
    if valid:
        verdict = SubmissionFoundValid(name, unit_id(unit), period, form, 1, parse(period).last, 0, HASH)
        events.append(NewEvent(f"submission-{name}", 2, verdict, cause=Cause(name)))
    return events


def record(engine: Engine, events: Sequence[NewEvent]) -> int:
    """Append and project; the position reached."""
    with engine.begin() as connection:
        log.append(connection, caused(connection, events), TESTER)
    return project(engine)
