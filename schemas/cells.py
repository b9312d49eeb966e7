"""From the bytes of a workbook to its cells as text, and no more of it than is asked for.

What stands far beyond any form is looked at before a grid is built: a single cell in the last row and column of a
sheet would need 512 GiB of them. Whoever reads what others sent does it in a process with limits, which this runs in:
`python -m schemas.cells`.
"""

import re
import resource
import sys
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from io import BytesIO
from typing import Any, Literal
from zipfile import BadZipFile, ZipFile

import msgspec
from python_calamine import CalamineError, CalamineWorkbook

from schemas.form import COVER_SHEET, IDENTITY_SHEET
from schemas.text import clean
from schemas.workbook import Sheets, form_of

UNPACKED_LIMIT = 200 << 20
"""Bytes: what a workbook may unpack to. A form is far below; a zip bomb is far above."""

FAR_ROW, FAR_COLUMN = 20_000, 26
"""A row or column beyond these belongs to no form."""

MEMORY_LIMIT = 1 << 30
"""Bytes of address space that reading may take."""

SECONDS_LIMIT = 10
"""Processor seconds that reading one file may take."""

READY = b"."

Scope = Literal["cover", "form", "all"]
"""The cover and the hidden identity sheet; these and the sheets of the form that they name; every sheet."""


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
            near, far = _near(archive, content)
        if far and scope == "all":
            return None  # then its bare bytes are looked at
        workbook = CalamineWorkbook.from_filelike(BytesIO(near))
        sheets = _cells(workbook, None if scope == "all" else {COVER_SHEET: 2, IDENTITY_SHEET: 2})
        if scope == "form" and (form := form_of(sheets)):
            sheets |= _cells(workbook, {sheet.title: len(sheet.columns) for sheet in form.sheets})
    except (BadZipFile, CalamineError, ValueError, OSError, NotImplementedError, RuntimeError, EOFError, SyntaxError):
        return None
    return Read(sheets, tuple(far))


def _cells(workbook: CalamineWorkbook, widths: Mapping[str, int] | None) -> Sheets:
    """The sheets that are named there, each up to a number of columns; all of all without them."""
    titles = {clean(name): name for name in workbook.sheet_names}
    return {
        title: [
            [_text(value) for value in row[: widths[title] if widths else None]]
            for row in workbook.get_sheet_by_name(titles[title]).to_python(skip_empty_area=False)
        ]
        for title in (titles if widths is None else titles.keys() & widths)
    }


def _text(value: object) -> str | None:
    """A cell as text; what a spreadsheet holds as a whole number or a date is written as one."""
    if isinstance(value, datetime):
        value = value.date()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return clean(str(value)) or None


_FAR = re.compile(rb"""\sr\s*=\s*["'](?:[A-Za-z]{2,}[0-9]|[A-Za-z]?[0-9]{5,})""")
"""The address of a cell or row that may be far."""

_CHUNK, _OVERLAP = 1 << 20, 16
_SHEET = re.compile(r"xl/worksheets/[^/]+\.xml")
_LEFT_OUT = ("xl/media/", "xl/drawings/", "xl/charts/", "xl/embeddings/")


def _near(archive: ZipFile, content: bytes) -> tuple[bytes, list[str]]:
    """The workbook without its far cells, and the titles of the sheets where one of those is filled."""
    parts = [name for name in archive.namelist() if _SHEET.fullmatch(name) and _may_be_far(archive, name)]
    if not parts:
        return content, []
    strings, titles, far, near = _blank_strings(archive), _titles(archive), [], BytesIO()
    with ZipFile(near, "w") as kept:
        for name in archive.namelist():
            if name in parts:
                written, filled = _trimmed(archive, name, strings)
                kept.writestr(name, written)
                far += [titles.get(name, "")] if filled else []
            elif not name.startswith(_LEFT_OUT):
                kept.writestr(name, archive.read(name))
    return near.getvalue(), far


def _may_be_far(archive: ZipFile, name: str) -> bool:
    before = b""
    with archive.open(name) as part:
        while chunk := part.read(_CHUNK):
            if _FAR.search(before + chunk):
                return True
            before = chunk[-_OVERLAP:]
    return False


def _trimmed(archive: ZipFile, name: str, blank: set[int]) -> tuple[bytes, bool]:
    """A sheet's part with its near cells only, and whether one of its far rows is filled."""
    from lxml import etree

    namespace, number, filled, rows = "", 0, False, BytesIO()
    for row in _elements(archive, name, "row"):
        namespace = etree.QName(row).namespace or ""
        number = int(row.get("r") or number + 1)
        column = 0
        for cell in list(row):
            column = _column(cell.get("r")) or column + 1
            if column > FAR_COLUMN:
                row.remove(cell)
            elif number > FAR_ROW and not _is_blank(cell, blank):
                filled = True
        if number <= FAR_ROW:
            rows.write(etree.tostring(row))
    return b'<worksheet xmlns="%b"><sheetData>%b</sheetData></worksheet>' % (
        namespace.encode(),
        rows.getvalue(),
    ), filled


def _elements(archive: ZipFile, name: str, tag: str) -> Iterator[Any]:
    """Every element of a tag in a part, one at a time; it is emptied when the next one is asked for."""
    from lxml import etree

    options = {"resolve_entities": False, "no_network": True, "load_dtd": False, "huge_tree": False}
    with archive.open(name) as part:
        for _, element in etree.iterparse(part, tag=f"{{*}}{tag}", **options):
            yield element
            element.clear()
            while element.getprevious() is not None:
                del element.getparent()[0]


def _column(address: str | None) -> int:
    """The number of the column that an address such as AB12 names; 0 where there is none."""
    number = 0
    for letter in (address or "").upper():
        if not "A" <= letter <= "Z":
            break
        number = 26 * number + ord(letter) - ord("A") + 1
    return number


def _is_blank(cell: Any, blank: set[int]) -> bool:
    written = "".join(cell.itertext()).strip()
    return not written or (cell.get("t") == "s" and written.isdecimal() and int(written) in blank)


def _blank_strings(archive: ZipFile) -> set[int]:
    """Which of the strings that cells share are nothing but space."""
    name = "xl/sharedStrings.xml"
    if name not in archive.namelist():
        return set()
    return {i for i, item in enumerate(_elements(archive, name, "si")) if not "".join(item.itertext()).strip()}


def _titles(archive: ZipFile) -> dict[str, str]:
    """The title of each sheet by the name of its part."""
    relation = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
    relations = _elements(archive, "xl/_rels/workbook.xml.rels", "Relationship")
    targets = {one.get("Id"): one.get("Target", "") for one in relations}
    titles = {}
    for sheet in _elements(archive, "xl/workbook.xml", "sheet"):
        target = targets.get(sheet.get(relation), "")
        titles[target.lstrip("/") if target.startswith("/") else f"xl/{target}"] = clean(sheet.get("name", ""))
    return titles


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
