"""What a form is: sheets of typed columns, declared once for template, validator, reply and documentation."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from schemas.vocabulary.terms import Text, Vocabulary

ColumnKind = Literal["identity", "name", "date", "integer", "choice", "document"]

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

    `prefilled` lists the codes of the first column that the template writes in beforehand.
    """

    key: str
    title: str
    help: Text
    columns: tuple[Column, ...]
    capacity: int
    prefilled: bool = False

    def column(self, key: str) -> Column:
        """The column `key`; KeyError if there is none."""
        return next(column for column in self.columns if column.key == key)

    def cell(self, key: str, row: int) -> str:
        """Address of a cell as a spreadsheet writes it, such as D4."""
        index = next(i for i, column in enumerate(self.columns) if column.key == key)
        return f"{chr(ord('A') + index)}{row}"


@dataclass(frozen=True)
class Form:
    """A form and its version; a released version never changes."""

    key: str
    version: int
    title: Text
    sheets: tuple[Sheet, ...]

    def sheet(self, key: str) -> Sheet:
        """The sheet `key`; KeyError if there is none."""
        return next(sheet for sheet in self.sheets if sheet.key == key)
