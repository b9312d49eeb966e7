"""A unit of the hierarchy before it is an event, and the CSV that such units are loaded from."""

import csv
import io
import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TypeVar

from events.errors import UsageError
from schemas.vocabulary import UNIT_KIND

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


def read_csv(path: Path) -> list[UnitRow]:
    """The units of a UTF-8 CSV file, with or without a byte order mark, in the file's order.

    The first line names the columns of COLUMNS in any order; commas, semicolons and tabs separate. `on` is written
    2025-06-30 or 30/06/2025. A parent that is not in the file may be known already: that is for the loader to check.
    Raises UsageError `units_file_*` naming line and column.
    """
    units: list[UnitRow] = []
    lines: dict[str, int] = {}
    for line, cells in _records(path):
        unit = _unit(path, line, cells)
        if unit.code in lines:
            raise UsageError("units_file_duplicate", file=path.name, line=line, code=unit.code, first=lines[unit.code])
        lines[unit.code] = line
        units.append(unit)
    if not units:
        raise UsageError("units_file_empty", file=path.name)
    levels = {unit.code: unit.level for unit in units}
    for unit in units:
        if unit.parent_code in levels and levels[unit.parent_code] >= unit.level:
            raise UsageError("units_file_level", file=path.name, line=lines[unit.code], level=unit.level)
    return units


def _records(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """Line number and cells by column of every line that is not blank."""
    written = _written(path)
    heading = written.partition("\n")[0]
    delimiter = max(",;\t", key=heading.count)
    reader = csv.reader(io.StringIO(written, newline=""), delimiter=delimiter)
    try:
        names = [name.strip().lower() for name in next(reader, [])]
        for column in COLUMNS:
            if column not in names:
                raise UsageError("units_file_columns", file=path.name, column=column, allowed=", ".join(COLUMNS))
        for cells in reader:
            if any(cell.strip() for cell in cells):
                padded = [*cells, *[""] * len(names)]
                yield reader.line_num, {name: cell.strip() for name, cell in zip(names, padded, strict=False)}
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


def _unit(path: Path, line: int, cells: dict[str, str]) -> UnitRow:
    def read(column: str, reading: Callable[[str], Read], allowed: str) -> Read:
        try:
            return reading(cells[column])
        except ValueError:
            raise UsageError("units_file_value", file=path.name, line=line, column=column, allowed=allowed) from None

    unit = UnitRow(
        code=read("code", _code, "1-32 A-Z a-z 0-9 . _ -"),
        name=read("name", _name, "1-200"),
        kind=read("kind", _kind, ", ".join(UNIT_KIND.terms)),
        level=read("level", _level, ", ".join(map(str, LEVELS))),
        parent_code=cells["parent"] or None,
        on=read("on", _day, "2025-06-30, 30/06/2025"),
    )
    if (unit.parent_code is None) != (unit.level == LEVELS[0]):
        raise UsageError("units_file_parent", file=path.name, line=line)
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
