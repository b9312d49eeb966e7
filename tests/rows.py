"""Rows of the branch's quarterly workbook as a template takes them, for tests."""

from collections.abc import Mapping
from datetime import date

from schemas.forms.quarterly import QUARTERLY

AN = {
    "identity": "083204001234",
    "name": "Nguyễn Văn An",
    "birth_date": date(2004, 5, 1),
    "sex": "Nam",
    "ethnic_minority": "Không",
    "source_group": "Địa bàn dân cư",
    "on": date(2025, 1, 10),
}
BINH = {
    "identity": "083304005678",
    "name": "Trần Thị Bình",
    "birth_date": date(2004, 9, 9),
    "sex": "Nữ",
    "ethnic_minority": "Không",
    "source_group": "Y tế",
    "on": date(2025, 1, 12),
}
"""Two nominees who do not exist."""


def vote(of: Mapping[str, object], on: date, **changes: object) -> dict[str, object]:
    """A row of the steps' sheet: the branch votes."""
    counts = {"total": 20, "present": 18, "votes_for": 15, "votes_against": 3}
    return {"identity": of["identity"], "step": "Chi đoàn biểu quyết", "on": on, **counts, **changes}


def membership(members: int, female: int = 2) -> list[dict[str, object]]:
    """The sheet of numbers, whole."""
    values = (members, female, 0, 3 * members, 1, 2)
    titles = QUARTERLY.sheet("membership").columns[0].vocabulary
    assert titles
    return [{"measure": title, "value": value} for title, value in zip(titles.titles(), values, strict=True)]
