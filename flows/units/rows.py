"""A unit of the hierarchy before it is an event, and the CSV that such units are loaded from."""

import csv
import io
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import TypeVar

import msgspec

from events.errors import NguonError, UsageError
from events.types.fields import DocumentNumber, UnitCode, UnitName
from flows.units.refusing import together
from schemas.messages.translation import Language, Message
from schemas.units.kinds import LEVELS, TOPS
from schemas.vocabulary.terms import UNIT_KIND

Read = TypeVar("Read")

COLUMNS = ("code", "name", "kind", "level", "parent", "on")


@dataclass(frozen=True)
class UnitRow:
    """A unit as it is known from the day `on`; `parent_code` is None at the top only.

    `line` is the one of the file that says so.
    """

    code: str
    name: str
    kind: str
    level: int
    parent_code: str | None
    on: date
    line: int | None = field(default=None, compare=False)


@dataclass(frozen=True)
class Line:
    """A line of a units file: cells by column. What cannot be read is noted in `problems`, and read as `instead`."""

    file: str
    number: int
    cells: dict[str, str]
    problems: list[NguonError] = field(default_factory=list)

    def code(self, column: str) -> str:
        """A unit's code, in capitals."""
        return self._read(column, code_of, "")

    def successors(self, column: str) -> list[str]:
        """Codes, separated by spaces."""
        return self._read(column, lambda written: [code_of(one) for one in written.split()], [])

    def name(self, column: str) -> str:
        """A unit's name."""
        return self._read(column, _name, "")

    def kind(self, column: str) -> str:
        """A kind of unit, by its code or its title."""
        return self._read(column, _kind, "")

    def level(self, column: str) -> int:
        """One of LEVELS."""
        return self._read(column, _level, 0)

    def day(self, column: str) -> date:
        """A day."""
        return self._read(column, _day, date.min)

    def order(self, column: str) -> str:
        """The number of a document."""
        return self._read(column, _order, "")

    def refuse(self, column: str, allowed: str | None = None) -> None:
        """Note that a cell is wrong, and what is allowed there: `units_allowed.*` of the messages."""
        says: Callable[[Language], str] = _kinds if column == "kind" else Message(f"units_allowed.{allowed or column}")
        self.note("units_file_value", column=column, allowed=says)

    def note(self, key: str, **details: object) -> None:
        """Note that the line is wrong."""
        self.problems.append(
            UsageError(key, file=self.file, line=self.number, of=self.cells["code"].upper(), **details)
        )

    def _read(self, column: str, as_value: Callable[[str], Read], instead: Read) -> Read:
        try:
            return as_value(self.cells[column])
        except ValueError:
            self.refuse(column, "code" if column in ("parent", "new_code", "successor") else None)
            return instead


def _kinds(language: Language) -> str:
    """The kinds of unit, by code and title."""
    return ", ".join(f"{kind} ({title(language)})" for kind, title in UNIT_KIND.terms.items())


def read_csv(path: Path) -> list[UnitRow]:
    """The units of a file as `rows_of` reads them. Raises UsageError `units_file_*`, `units_refused` for several."""
    units, wrong = rows_of(path)
    if wrong:
        raise together(wrong)
    return units


def rows_of(path: Path) -> tuple[list[UnitRow], list[NguonError]]:
    """The units of a UTF-8 CSV file, with or without a byte order mark, in the file's order; and what is wrong in it.

    The first line names the columns of COLUMNS in any order; commas, semicolons and tabs separate. `on` is written
    2025-06-30 or 30/06/2025. A parent that is not in the file may be known already: that is for the loader to check.
    Raises UsageError `units_file_*` for what is no such file.
    """
    units: list[UnitRow] = []
    lines = list(read_lines(path, COLUMNS))
    first: dict[str, Line] = {}
    for line in lines:
        unit = _unit(line)
        if unit.code in first:
            line.note("units_file_duplicate", code=unit.code, first=first[unit.code].number)
        elif unit.code:
            first[unit.code] = line
        units.append(unit)
    if not units:
        raise UsageError("units_file_empty", file=path.name)
    levels = {unit.code: unit.level for unit, line in zip(units, lines, strict=True) if not line.problems}
    for unit, line in zip(units, lines, strict=True):
        if not line.problems and unit.parent_code in levels and levels[unit.parent_code] >= unit.level:
            line.note("units_file_level", level=unit.level)
    right = [unit for unit, line in zip(units, lines, strict=True) if not line.problems]
    return right, [problem for line in lines for problem in line.problems]


def column_names(path: Path) -> list[str]:
    """What the first line names, in small letters. Raises UsageError `units_file_*`."""
    return [name.lower() for name in next(_cells(path), (0, []))[1]]


def read_lines(path: Path, columns: Sequence[str]) -> Iterator[Line]:
    """Every line that is not blank; the first line must name `columns`. Raises UsageError `units_file_*`."""
    lines = _cells(path)
    names = [name.lower() for name in next(lines, (0, []))[1]]
    for column in columns:
        if column not in names:
            raise UsageError("units_file_columns", file=path.name, column=column, allowed=", ".join(columns))
    for number, cells in lines:
        if any(cells):
            padded = [*cells, *[""] * len(names)]
            yield Line(path.name, number, dict(zip(names, padded, strict=False)))


def _cells(path: Path) -> Iterator[tuple[int, list[str]]]:
    written = _written(path)
    heading = written.partition("\n")[0]
    delimiter = max(",;\t", key=heading.count)
    reader = csv.reader(io.StringIO(written, newline=""), delimiter=delimiter)
    try:
        for cells in reader:
            yield reader.line_num, [cell.strip() for cell in cells]
    except csv.Error as problem:
        raise UsageError("units_file_unreadable", file=path.name, reason=problem) from None


def _written(path: Path) -> str:
    try:
        return unicodedata.normalize("NFC", path.read_bytes().decode("utf-8-sig"))
    except FileNotFoundError:
        raise UsageError("units_file_missing", file=path) from None
    except UnicodeDecodeError:
        raise UsageError("units_file_unreadable", file=path.name, reason="UTF-8") from None
    except OSError as problem:
        raise UsageError("units_file_unreadable", file=path, reason=problem.strerror) from None


def _unit(line: Line) -> UnitRow:
    unit = UnitRow(
        code=line.code("code"),
        name=line.name("name"),
        kind=line.kind("kind"),
        level=line.level("level"),
        parent_code=line.code("parent") if line.cells["parent"] else None,
        on=line.day("on"),
        line=line.number,
    )
    if not line.problems and (unit.level not in TOPS if unit.parent_code is None else unit.level == TOPS[0]):
        line.note("units_file_parent")
    return unit


def code_of(written: str) -> str:
    """A unit's code in capitals. Raises ValueError."""
    return msgspec.convert(written.upper(), UnitCode)


def _name(written: str) -> str:
    if not written.isprintable():
        raise ValueError
    return msgspec.convert(written, UnitName)


def _order(written: str) -> str:
    return msgspec.convert(written, DocumentNumber)


def _kind(written: str) -> str:
    titles = {title("vi").casefold(): kind for kind, title in UNIT_KIND.terms.items()}
    kind = titles.get(written.casefold(), written.lower())
    if kind not in UNIT_KIND.terms:
        raise ValueError
    return kind


def _level(written: str) -> int:
    if int(written) not in LEVELS:
        raise ValueError
    return int(written)


def _day(written: str) -> date:
    day = datetime.strptime(written, "%d/%m/%Y").date() if "/" in written else date.fromisoformat(written)
    if day == date.min:  # nothing can be asked about the day before
        raise ValueError
    return day
