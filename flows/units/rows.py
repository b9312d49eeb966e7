"""A unit of the hierarchy before it is an event, and the CSV that such units are loaded from."""

import csv
import io
import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import NoReturn, TypeVar

from events.errors import UsageError
from schemas.vocabulary.terms import UNIT_KIND

Read = TypeVar("Read")

COLUMNS = ("code", "name", "kind", "level", "parent", "on")

LEVELS = range(1, 5)
"""1 province, 2 district, bloc, police, equivalent or school, 3 grassroots or commune, 4 branch."""


@dataclass(frozen=True)
class UnitRow:
    """A unit as it is known from the day `on`; `parent_code` is None for a province only."""

    code: str
    name: str
    kind: str
    level: int
    parent_code: str | None
    on: date


@dataclass(frozen=True)
class Line:
    """A line of a units file: cells by column. What reads one raises UsageError `units_file_value`."""

    file: str
    number: int
    cells: dict[str, str]

    def code(self, column: str) -> str:
        """A unit's code."""
        return self._read(column, _code, "1-32 A-Z a-z 0-9 . _ -")

    def name(self, column: str) -> str:
        """A unit's name."""
        return self._read(column, _name, "1-200")

    def kind(self, column: str) -> str:
        """A kind of unit, by its code."""
        return self._read(column, _kind, ", ".join(UNIT_KIND.terms))

    def level(self, column: str) -> int:
        """One of LEVELS."""
        return self._read(column, _level, ", ".join(map(str, LEVELS)))

    def day(self, column: str) -> date:
        """A day."""
        return self._read(column, _day, "2025-06-30, 30/06/2025")

    def refuse(self, column: str, allowed: str) -> NoReturn:
        """Say what is allowed in a column."""
        raise UsageError("units_file_value", file=self.file, line=self.number, column=column, allowed=allowed)

    def _read(self, column: str, as_value: Callable[[str], Read], allowed: str) -> Read:
        try:
            return as_value(self.cells[column])
        except ValueError:
            self.refuse(column, allowed)


def read_csv(path: Path) -> list[UnitRow]:
    """The units of a UTF-8 CSV file, with or without a byte order mark, in the file's order.

    The first line names the columns of COLUMNS in any order; commas, semicolons and tabs separate. `on` is written
    2025-06-30 or 30/06/2025. A parent that is not in the file may be known already: that is for the loader to check.
    Raises UsageError `units_file_*` naming line and column.
    """
    units: list[UnitRow] = []
    lines: dict[str, int] = {}
    for line in read_lines(path, COLUMNS):
        unit = _unit(line)
        if unit.code in lines:
            first = lines[unit.code]
            raise UsageError("units_file_duplicate", file=path.name, line=line.number, code=unit.code, first=first)
        lines[unit.code] = line.number
        units.append(unit)
    if not units:
        raise UsageError("units_file_empty", file=path.name)
    levels = {unit.code: unit.level for unit in units}
    for unit in units:
        if unit.parent_code in levels and levels[unit.parent_code] >= unit.level:
            raise UsageError("units_file_level", file=path.name, line=lines[unit.code], level=unit.level)
    return units


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
        parent_code=line.cells["parent"] or None,
        on=line.day("on"),
    )
    if (unit.parent_code is None) != (unit.level == LEVELS[0]):
        raise UsageError("units_file_parent", file=line.file, line=line.number)
    return unit


def _code(written: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9._-]{1,32}", written):
        raise ValueError
    return written


def _name(written: str) -> str:
    if not 1 <= len(written) <= 200 or not written.isprintable():
        raise ValueError
    return written


def _kind(written: str) -> str:
    if written not in UNIT_KIND.terms:
        raise ValueError
    return written


def _level(written: str) -> int:
    if int(written) not in LEVELS:
        raise ValueError
    return int(written)


def _day(written: str) -> date:
    return datetime.strptime(written, "%d/%m/%Y").date() if "/" in written else date.fromisoformat(written)
