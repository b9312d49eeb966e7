"""From the bytes of a workbook to its cells as text, and no more of it than is asked for.

Whoever reads what others sent does it in a process with limits, which this runs in: `python -m schemas.gate.cells`.
"""

import resource
import sys
from collections.abc import Mapping
from datetime import date, datetime
from io import BytesIO
from typing import Literal
from zipfile import BadZipFile, ZipFile

import msgspec
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from schemas.forms.form import COVER_SHEET, IDENTITY_SHEET
from schemas.gate.far import near
from schemas.gate.workbook import Sheets, form_of
from schemas.text import clean

UNPACKED_LIMIT = 200 << 20
"""Bytes: what a workbook may unpack to. A form is far below; a zip bomb is far above."""

MEMORY_LIMIT = 1 << 30
"""Bytes of address space that reading may take."""

SECONDS_LIMIT = 10
"""Processor seconds that reading one file may take."""

READY = b"."

Scope = Literal["cover", "form", "all"]
"""The cover and the hidden identity sheet; these and the sheets of the form that they name; every sheet, nothing of
which is left out: where something stands far away, its filled cells move together, each within its row."""


class Read(msgspec.Struct, frozen=True):
    """What was asked for, and the titles of the sheets in which something stands far beyond any form."""

    sheets: Sheets
    far: tuple[str, ...] = ()


class Answer(msgspec.Struct, frozen=True):
    """What came of reading: `read`, or the code of the finding that says why there is nothing."""

    read: Read | None = None
    code: str | None = None
    error: str | None = None
    """The kind of an error that nobody foresaw."""


class Exhausting(Exception):
    """Reading it would take more than any form needs."""


def read(content: bytes, scope: Scope) -> Read | None:
    """The cells of a workbook; None where the bytes are not one. Raises Exhausting, MemoryError."""
    try:
        with ZipFile(BytesIO(content)) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > UNPACKED_LIMIT:
                raise Exhausting
            kept, far = near(archive, content, whole=scope == "all")
        workbook = CalamineWorkbook.from_filelike(BytesIO(kept))
        sheets = _cells(workbook, None if scope == "all" else {COVER_SHEET: 2, IDENTITY_SHEET: 2})
        if scope == "form" and (form := form_of(sheets)):
            sheets |= _cells(workbook, {sheet.title: len(sheet.columns) for sheet in form.sheets})
    except (BadZipFile, CalamineError, ValueError, OSError, NotImplementedError, RuntimeError, EOFError, SyntaxError):
        return None
    return Read(sheets, tuple(far))


def _cells(workbook: CalamineWorkbook, widths: Mapping[str, int] | None) -> Sheets:
    """The sheets that are named there, each up to a number of columns; all of all without them."""
    # Two titles may differ in nothing but space; then each sheet keeps its own.
    titles = {name if widths is None else clean(name): name for name in workbook.sheet_names}
    return {
        title: _rows(workbook.get_sheet_by_name(titles[title]), widths[title] if widths else None)
        for title in (titles if widths is None else titles.keys() & widths)
    }


def _rows(sheet: CalamineSheet, width: int | None) -> list[list[str | None]]:
    rows = [[_text(value) for value in row[:width]] for row in sheet.to_python(skip_empty_area=False)]
    while rows and not any(rows[-1]):
        rows.pop()
    return rows


def _text(value: object) -> str | None:
    """A cell as text; what a spreadsheet holds as a whole number or a date is written as one."""
    if value == "":  # so are most cells of a template
        return None
    if isinstance(value, datetime):
        value = value.date()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return clean(str(value)) or None


def main() -> None:
    """Answer requests on standard input, one after the other, until it ends: scope, length, bytes.

    A first byte on standard output says that it is ready: what fails before that is no file's fault.
    """
    _limit(resource.RLIMIT_AS, MEMORY_LIMIT)
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_FSIZE, 0)
    scopes: dict[bytes, Scope] = {b"c": "cover", b"f": "form", b"a": "all"}
    asked, answers = sys.stdin.buffer, sys.stdout.buffer
    answers.write(READY)
    answers.flush()
    while scope := asked.read(1):
        content = asked.read(int.from_bytes(asked.read(8), "big"))
        used = resource.getrusage(resource.RUSAGE_SELF)
        _limit(resource.RLIMIT_CPU, int(used.ru_utime + used.ru_stime) + SECONDS_LIMIT + 1)
        answer = _answer(content, scopes[scope])
        answers.write(len(answer).to_bytes(8, "big") + answer)
        answers.flush()


def _limit(what: int, most: int) -> None:
    """Set a limit of this process, or leave one that is lower already; only root could raise that."""
    _, hard = resource.getrlimit(what)
    resource.setrlimit(what, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


def _answer(content: bytes, scope: Scope) -> bytes:
    """An encoded `Answer`."""
    try:
        found = read(content, scope)
        return msgspec.msgpack.encode(Answer(found) if found else Answer(code="file.not_workbook"))
    except (Exhausting, MemoryError):
        return msgspec.msgpack.encode(Answer(code="file.exhausting"))
    except BaseException as failure:  # a panic of the reader is no Exception
        return msgspec.msgpack.encode(Answer(code="file.unforeseen", error=type(failure).__name__))


if __name__ == "__main__":
    main()
