"""What a form is: sheets of typed columns, declared once for template, validator, reply and documentation.

What judges its rows is loaded when rows are judged: reading files and the command line know its sheets only.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Literal

from schemas.forms.duty import Duty
from schemas.forms.prefill import Beforehand, Rows
from schemas.vocabulary.terms import Text, Vocabulary

if TYPE_CHECKING:
    import polars as pl

    from schemas.forms.judging import Frames, Judging, Rules, Stated
    from schemas.forms.stating import Fact, Stating

ColumnKind = Literal["identity", "name", "date", "integer", "choice", "document", "unit", "shown"]
"""`unit` is a unit's code. `shown` is what the template shows beside a row: it is locked, and never read back."""

TITLE_ROW, HELP_ROW, HEADING_ROW, FIRST_ROW = 1, 2, 3, 4
"""Rows of a data sheet, counted from 1 as people see them; data begins at FIRST_ROW."""

COVER_SHEET = "Thông tin"
IDENTITY_SHEET = "_nguon"
"""Very hidden sheet by which `submit` knows a template again: column A keys, column B values."""

COVER_ROWS = {"form": 3, "unit_code": 4, "unit_name": 5, "period": 6}
"""Where the cover shows what it is about: label in column A, value in column B."""

EARLIEST_DATE = date(1930, 1, 1)
"""The first day that a date cell may hold, for the spreadsheet as for the gate; the last is the period's last."""


@dataclass(frozen=True)
class Column:
    """A column: its heading, what may stand in it, and the help that a person sees."""

    key: str
    title: Text
    kind: ColumnKind
    help: Text
    required: bool = True
    vocabulary: Vocabulary | None = None
    width: int = 14
    maximum: int = 1_000_000


@dataclass(frozen=True)
class Sheet:
    """A sheet: headings in HEADING_ROW, at most `capacity` rows from FIRST_ROW on.

    A person who asks where a fact of the sheet comes from is pointed to the cell in the column `told_by`. In a
    `prefilled` sheet the template has a row for each term of the first column's vocabulary, and all must be there.
    """

    key: str
    title: str
    help: Text
    columns: tuple[Column, ...]
    capacity: int
    told_by: str
    prefilled: bool = False

    @property
    def read(self) -> tuple[Column, ...]:
        """The columns that are read: all but those that only show something."""
        return tuple(column for column in self.columns if column.kind != "shown")

    def column(self, key: str) -> Column:
        """The column `key`; KeyError if there is none."""
        return {column.key: column for column in self.columns}[key]

    def cell(self, key: str, row: int) -> str:
        """Address of a cell as a spreadsheet writes it, such as D4; KeyError if there is no such column."""
        return f"{chr(ord('A') + self.columns.index(self.column(key)))}{row}"


@dataclass(frozen=True, eq=False)
class Form:
    """A form in one version; a version that was released never changes.

    `judging` loads what judges its rows. `identities` is the sheet (its key) that introduces people: its columns
    identity, name and birth_date make the record of each in the vault. `prefill` chooses what a template has in its
    rows beforehand, beside its prefilled sheets.
    """

    key: str
    version: int
    title: Text
    sheets: tuple[Sheet, ...]
    duty: Duty
    judging: Callable[[], "Judging"]
    identities: str | None = None
    prefill: Callable[[Beforehand], Rows] | None = None

    def sheet(self, key: str) -> Sheet:
        """The sheet `key`; KeyError if there is none."""
        return {sheet.key: sheet for sheet in self.sheets}[key]

    def cell(self, sheet: str, row: int) -> str:
        """Address of the cell that tells the fact of a row; KeyError if there is no such sheet."""
        found = self.sheet(sheet)
        return found.cell(found.told_by, row)

    @property
    def errors(self) -> Mapping[str, "Rules"]:
        """By sheet key, what must be true of every row."""
        return self.judging().errors

    @property
    def warnings(self) -> Mapping[str, "Rules"]:
        """By sheet key, what is usually true of every row."""
        return self.judging().warnings

    def facts(self, stating: "Stating", frames: "Stated") -> list["Fact"]:
        """The facts that one valid workbook states; `frames` hold the rows of its submission only."""
        return self.judging().facts(stating, frames)

    def named(self, frames: "Frames") -> "pl.DataFrame":
        """Everybody whom the rows name: submission, identity, each pair once."""
        return self._distinct(frames, "identity", "identity")

    def written_units(self, frames: "Frames") -> "pl.DataFrame":
        """Every code of a unit that stands in the rows: submission, written, each pair once."""
        return self._distinct(frames, "unit", "written")

    def _distinct(self, frames: "Frames", kind: ColumnKind, name: str) -> "pl.DataFrame":
        import polars as pl

        found = [
            frames[sheet.key].select("submission", pl.col(column.key).alias(name))
            for sheet in self.sheets
            for column in sheet.columns
            if column.kind == kind
        ]
        empty = pl.DataFrame(schema={"submission": pl.String, name: pl.String})
        return pl.concat([empty, *found]).drop_nulls().unique(maintain_order=True)
