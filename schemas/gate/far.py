"""What stands far beyond any form is looked at before a grid is built of a workbook's cells.

A single cell in the last row and column of a sheet would need a grid of 512 GiB.
"""

import re
from collections.abc import Iterator
from io import BytesIO
from typing import Any
from zipfile import ZipFile

from schemas.text import clean

FAR_ROW, FAR_COLUMN = 20_000, 26
"""A row or column beyond these belongs to no form."""

_FAR = re.compile(rb"""\sr\s*=\s*["'](?:[A-Za-z]{2,}[0-9]|[A-Za-z]?[0-9]{5,})""")
"""The address of a cell or row that may be far."""

_CHUNK, _OVERLAP = 1 << 20, 16
_SHEET = re.compile(r"xl/worksheets/[^/]+\.xml")
_LEFT_OUT = ("xl/media/", "xl/drawings/", "xl/charts/", "xl/embeddings/")


def near(archive: ZipFile, content: bytes, *, whole: bool) -> tuple[bytes, list[str]]:
    """The workbook without its far cells, and the titles of the sheets where a far row is filled.

    Where the `whole` is asked for, no cell is left out and none is far: in a sheet that may have far cells, the filled
    ones are moved together, each within its row.
    """
    parts = [name for name in archive.namelist() if _SHEET.fullmatch(name) and _may_be_far(archive, name)]
    if not parts:
        return content, []
    blank, titles, far, made = _blank_strings(archive), _titles(archive), [], BytesIO()
    fit = _squeezed if whole else _trimmed
    with ZipFile(made, "w") as kept:
        for name in archive.namelist():
            if name in parts:
                written, filled = fit(archive, name, blank)
                kept.writestr(name, written)
                far += [titles.get(name, "")] if filled else []
            elif not name.startswith(_LEFT_OUT):
                kept.writestr(name, archive.read(name))
    return made.getvalue(), far


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
    return _sheet(namespace, rows.getvalue()), filled


def _squeezed(archive: ZipFile, name: str, blank: set[int]) -> tuple[bytes, bool]:
    """A sheet's part with its filled cells side by side in rows without a gap between them, so that none is far."""
    from lxml import etree

    namespace, rows = "", BytesIO()
    for row in _elements(archive, name, "row"):
        namespace = etree.QName(row).namespace or ""
        for cell in list(row):
            # A cell or row without an address follows the one before it.
            cell.attrib.pop("r", None)
            if _is_blank(cell, blank):
                row.remove(cell)
        row.attrib.pop("r", None)
        if len(row):
            rows.write(etree.tostring(row))
    return _sheet(namespace, rows.getvalue()), False


def _sheet(namespace: str, rows: bytes) -> bytes:
    return b'<worksheet xmlns="%b"><sheetData>%b</sheetData></worksheet>' % (namespace.encode(), rows)


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
