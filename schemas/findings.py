"""The registry of findings: every problem that a workbook can have, by code.

Codes appear in events, so a code is never given another meaning: one that is no longer raised moves to RETIRED.
Texts stand in `messages/*.toml` under `[finding]`: what is wrong, and how to put it right.
"""

from dataclasses import dataclass
from typing import Literal

from events.types.submissions import FindingRecord
from schemas.messages.translation import Language, text
from schemas.vocabulary.reasons import SET_ASIDE

Severity = Literal["error", "warning"]
_ERROR: Severity = "error"
_WARNING: Severity = "warning"

ERRORS: tuple[str, ...] = (
    *(f"aside.{reason}" for reason in SET_ASIDE.terms),
    "file.empty",
    "file.not_workbook",
    "file.exhausting",
    "file.unforeseen",
    "file.no_cover",
    "file.erased",
    "cover.unit_unknown",
    "cover.unit_mismatch",
    "cover.period_unknown",
    "cover.period_mismatch",
    "cover.period_not_begun",
    "cover.form_unknown",
    "cover.unit_owes_none",
    "sheet.missing",
    "sheet.heading",
    "sheet.too_long",
    "cell.required",
    "identity.digits",
    "identity.structure",
    "name.form",
    "date.impossible",
    "date.too_early",
    "date.after_period",
    "date.before_year",
    "integer.invalid",
    "choice.unknown",
    "choice.not_in_use",
    "document.form",
    "nominee.duplicate",
    "nominee.age",
    "nominee.elsewhere",
    "nominee.needed",
    "nominee.erased",
    "step.unknown_nominee",
    "step.not_responsible",
    "step.before_predecessor",
    "step.after_follower",
    "step.needed",
    "step.duplicate",
    "step.receiver_without_transfer",
    "step.receiver_same",
    "votes.missing",
    "votes.above_total",
    "votes.above_present",
    "membership.part_above_total",
    "measure.duplicate",
    "measure.missing",
    "activity.members_above_participants",
    "unit.unknown",
    "unit.not_below",
    "unit.not_grassroots",
    "unit.repeated",
)
WARNINGS = (
    "file.more_findings",
    "nominee.renumbered",
    "nominee.like_erased",
    "nominee.sex_differs",
    "nominee.birth_year_differs",
    "nominee.age_unusual",
    "step.without_predecessor",
    "date.two_digit_year",
    "date.before_period",
    "votes.too_few",
)
RETIRED: tuple[str, ...] = ()

SEVERITY: dict[str, Severity] = dict.fromkeys(ERRORS, _ERROR) | dict.fromkeys(WARNINGS, _WARNING)


@dataclass(frozen=True)
class Finding:
    """A problem in one submission: what and where, never the value."""

    submission: str
    code: str
    sheet: str | None = None
    cell: str | None = None
    column: str | None = None

    @property
    def severity(self) -> Severity:
        """`error` rejects the whole workbook; `warning` is shown upwards."""
        return SEVERITY[self.code]

    def record(self) -> FindingRecord:
        """As an event carries it."""
        return FindingRecord(self.code, self.severity, self.sheet, self.cell, self.column)


def message(code: str, language: Language) -> str:
    """What a finding says to the person who has to put it right."""
    return text(f"finding.{code}", language)
