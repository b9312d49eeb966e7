"""The facts that the two sheets about people state."""

from typing import Any

from events import types
from events.types.base import Payload
from events.types.nominations import NomineeIdentified, NomineeTransferred, Step, Vote
from schemas.forms.judging import Stated
from schemas.forms.parts.people.sheets import NOMINEES
from schemas.forms.parts.people.sheets import STEPS as SHEET
from schemas.forms.stating import Fact, Stating
from schemas.vocabulary.steps import STEPS


def facts(stating: Stating, frames: Stated) -> list[Fact]:
    """Those who were identified, then the steps."""
    return [
        Fact(make(stating, row), sheet.key, row["sheet_row"])
        for sheet, make in ((NOMINEES, _identified), (SHEET, _step))
        for row in frames[sheet.key].iter_rows(named=True)
    ]


def _identified(stating: Stating, row: dict[str, Any]) -> Payload:
    subject = stating.subjects[row["identity"]]
    return NomineeIdentified(
        subject,
        stating.unit,
        row["on"],
        row["sex"],
        row["birth_date"].year,
        row["ethnic_minority"] == "yes",
        row["source_group"],
        stating.commitments[subject],
    )


def _step(stating: Stating, row: dict[str, Any]) -> Payload:
    cls = types.TYPES[STEPS[row["step"]].event]
    assert issubclass(cls, Step)
    told = {"on": row["on"], "document": row["document"]}
    if issubclass(cls, Vote):
        told |= {key: row[key] for key in ("total", "present", "votes_for", "votes_against")}
    if issubclass(cls, NomineeTransferred) and row["receiver"] is not None:
        told["to"] = stating.units[row["receiver"]]
    return cls(subject=stating.subjects[row["identity"]], unit=stating.unit, **told)
