"""What judges the rows of a form, and makes facts of them: expressions over one frame for each sheet."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

import polars as pl

from schemas.findings import Finding
from schemas.forms.known import Known
from schemas.forms.stating import Fact, Stating

Frames = Mapping[str, pl.DataFrame]
"""By sheet key, the rows of many workbooks: submission, unit (id of the one that reports), period_year (in which the
period ends), period_first, period_last (dates), sheet_row, and for each column of the sheet the parsed value under its
key and the text as written under `raw(key)`."""


class Rows(Protocol):
    """The rows of a frame, as a frame gives them, be it one or not."""

    def iter_rows(self, *, named: Literal[True]) -> Iterator[dict[str, Any]]:
        """Each row by the names of its columns."""


Stated = Mapping[str, Rows]
"""By sheet key, the rows of one submission, with the parsed value of each column under its key, and `sheet_row`."""

Rules = Mapping[str, Mapping[str, pl.Expr]]
"""Of one sheet: column key to finding code to what must be true (null counts as true).

The finding is raised at the column's cell. An expression reads every column of the frame, context included."""


def raw(key: str) -> str:
    """Name of the column that holds the text of `key` as written."""
    return f"raw:{key}"


def unit_of(key: str) -> str:
    """Name of the context column that holds the id of the unit whose code stands in `key`; null if it is nobody's."""
    return f"{key}:unit"


def kind_of(key: str) -> str:
    """Name of the context column that holds the kind of that unit."""
    return f"{key}:kind"


def under(key: str) -> str:
    """Name of the context column that holds the kind of that unit's superior; null at the top."""
    return f"{key}:under"


def below(key: str) -> str:
    """Name of the context column that tells whether that unit lies under the one that reports."""
    return f"{key}:below"


def acts_for(key: str) -> str:
    """Name of the context column that tells whether the unit that reports may act for that unit."""
    return f"{key}:acts_for"


def without_heir(key: str) -> str:
    """Name of the context column with the day since which that unit has ended with none to follow it; null if not."""
    return f"{key}:without_heir"


def _nothing_missed(frames: Frames, known: Known) -> list[Finding]:
    return []


def _as_they_are(frames: Frames, known: Known) -> Frames:
    return frames


@dataclass(frozen=True)
class Judging:
    """How a form's rows are judged; the checks of each kind of column (`schemas.gate.rules`) come on top.

    `errors`, `warnings`: by sheet key. `context` adds columns that they read; each frame keeps its rows in their order,
    and has the context of its unit columns already (`unit_of` and those that follow it), and every limit
    (`schemas.forms.limits`). `missed` finds what a revision leaves out of the version before though other returns need
    it. `facts` makes the facts of one valid workbook, in the order of its rows; its frames hold the rows of that
    submission only.
    """

    facts: Callable[[Stating, Stated], list[Fact]]
    errors: Mapping[str, Rules] = field(default_factory=dict)
    warnings: Mapping[str, Rules] = field(default_factory=dict)
    context: Callable[[Frames, Known], Frames] = _as_they_are
    missed: Callable[[Frames, Known], list[Finding]] = _nothing_missed
