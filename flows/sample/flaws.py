"""The ways in which a sample workbook is bad, one each, as really happens; every one must be found invalid."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

from flows.sample.drafts import Cells, Draft
from schemas.forms.form import COVER_ROWS
from schemas.forms.quarterly import QUARTERLY
from schemas.vocabulary.steps import STEPS
from schemas.vocabulary.terms import Text

NOBODY = "083203990001"
"""Well formed but nobody's: the sample's own numbers end below 020000."""

_JPEG = bytes.fromhex("ffd8ffe000104a46494600010101006000600000") + bytes(range(256)) * 40 + b"\xff\xd9"

_NO_DAY = {1: "31/02/2025", 4: "31/06/2025"}
"""A day that does not exist, by the first month of the quarter."""


def suits(draft: Draft) -> bool:
    """Whether every flaw can be shown on the draft: two new nominees, one of them voted and nominated, an activity."""
    return len(draft.rows["nominees"]) > 1 and bool(draft.rows["activities"]) and bool(_nominated(draft))


def _nominated(draft: Draft) -> list[tuple[int, Cells]]:
    """Row numbers of the votes of the branch, and the nominations that rest on them, for new nominees."""
    steps = draft.rows["steps"]
    new = {cells["identity"] for cells in draft.rows["nominees"]}
    votes = {cells["identity"]: row for row, cells in enumerate(steps) if cells["step"] == STEPS["voted"].title.vi}
    return [
        (votes[cells["identity"]], cells)
        for cells in steps
        if cells["step"] == STEPS["nominated"].title.vi and cells["identity"] in new & votes.keys()
    ]


def _wrong_word(draft: Draft) -> bytes:
    return draft.changed("nominees", 0, source_group="Nông dân").workbook()


def _impossible_date(draft: Draft) -> bytes:
    return draft.changed("nominees", 0, on=_NO_DAY[draft.period.first.month]).workbook()


def _lost_zero(draft: Draft) -> bytes:
    lost = draft.rows["nominees"][0]["identity"]

    def as_number(cells: Cells) -> Cells:
        return cells | {"identity": int(lost)} if cells["identity"] == lost else cells

    return draft.each("nominees", as_number).each("steps", as_number).workbook()


def _duplicate_nominee(draft: Draft) -> bytes:
    nominees = draft.rows["nominees"]
    return draft.having("nominees", [*nominees, nominees[0]]).workbook()


def _votes_above_total(draft: Draft) -> bytes:
    row, _ = _nominated(draft)[0]
    total = draft.rows["steps"][row]["total"]
    return draft.changed("steps", row, present=total, votes_for=total + 2, votes_against=0).workbook()


def _step_before_predecessor(draft: Draft) -> bytes:
    vote, nomination = _nominated(draft)[0]
    earlier = draft.rows["steps"][vote]["on"] - timedelta(days=1)
    return draft.changed("steps", draft.rows["steps"].index(nomination), on=earlier).workbook()


def _other_unit_on_cover(draft: Draft) -> bytes:
    cell = f"B{COVER_ROWS['unit_code']}"
    number = "2" if draft.unit_code.endswith("1") else "1"
    other = f"{draft.unit_code[:-1]}{number}"
    sheet = "xl/worksheets/sheet1.xml"
    target = BytesIO()
    with ZipFile(BytesIO(draft.workbook())) as original, ZipFile(target, "w", ZIP_DEFLATED) as changed:
        for part in original.infolist():
            content = original.read(part)
            if part.filename == sheet:
                typed = rf'<c r="{cell}"\1t="inlineStr"><is><t>{other}</t></is></c>'
                content = re.sub(rf'<c r="{cell}"(.*?)t="s"><v>\d+</v></c>', typed, content.decode()).encode()
            changed.writestr(part, content)
    return target.getvalue()


def _empty_file(draft: Draft) -> bytes:
    return b""


def _not_a_workbook(draft: Draft) -> bytes:
    return _JPEG


def _missing_sheet(draft: Draft) -> bytes:
    sheets = tuple(sheet for sheet in QUARTERLY.sheets if sheet.key != "membership")
    return draft.workbook(replace(QUARTERLY, sheets=sheets))


def _renamed_heading(draft: Draft) -> bytes:
    nominees = QUARTERLY.sheet("nominees")
    columns = tuple(
        replace(column, title=Text("Phái", "Gender")) if column.key == "sex" else column for column in nominees.columns
    )
    sheets = tuple(replace(sheet, columns=columns) if sheet == nominees else sheet for sheet in QUARTERLY.sheets)
    return draft.workbook(replace(QUARTERLY, sheets=sheets))


def _negative_count(draft: Draft) -> bytes:
    return draft.changed("membership", 0, value=-draft.rows["membership"][0]["value"]).workbook()


def _fractional_count(draft: Draft) -> bytes:
    return draft.changed("activities", 0, participants=draft.rows["activities"][0]["participants"] + 0.5).workbook()


def _unknown_identity(draft: Draft) -> bytes:
    row, _ = _nominated(draft)[0]
    steps = draft.rows["steps"]
    return draft.having("steps", [*steps, steps[row] | {"identity": NOBODY}]).workbook()


FLAWS: dict[str, Callable[[Draft], bytes]] = {
    "wrong_word": _wrong_word,
    "impossible_date": _impossible_date,
    "lost_zero": _lost_zero,
    "duplicate_nominee": _duplicate_nominee,
    "votes_above_total": _votes_above_total,
    "step_before_predecessor": _step_before_predecessor,
    "other_unit_on_cover": _other_unit_on_cover,
    "empty_file": _empty_file,
    "not_a_workbook": _not_a_workbook,
    "missing_sheet": _missing_sheet,
    "renamed_heading": _renamed_heading,
    "negative_count": _negative_count,
    "fractional_count": _fractional_count,
    "unknown_identity": _unknown_identity,
}
"""By name, what makes a bad file of a draft that `suits`; the file of a unit that does not exist comes on top."""

UNKNOWN_UNIT = "unknown_unit"
