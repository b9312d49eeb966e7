"""Whether a file names a person: wherever in it, however the identity number was typed, and if need be by the name."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from io import BytesIO
from zipfile import BadZipFile, ZipFile

from schemas.cells import UNPACKED_LIMIT
from schemas.text import clean, fold
from schemas.workbook import Sheets

_IDENTITY_DIGITS = 12

_NUMBERS = (re.compile(r"(?<!\d)\d{9,12}(?!\d)"), re.compile(r"(?<!\d)\d(?:[ .\-]?\d){8,11}(?!\d)"))
"""An identity number that may have lost its leading zeros, in one piece or in groups."""

_SERIAL_ZERO = date(1899, 12, 30)


@dataclass(frozen=True)
class Sought:
    """A person as records know them: identity number of 12 digits, name, birth date (ISO 8601)."""

    identity: str
    name: str
    birth_date: str

    @cached_property
    def folded(self) -> str:
        """The name as a key that is found among other words."""
        return f" {fold(self.name)} "

    @cached_property
    def birth_dates(self) -> frozenset[str]:
        """The birth date as people write it, and as a spreadsheet's number."""
        day = date.fromisoformat(self.birth_date)
        serial = str((day - _SERIAL_ZERO).days)
        forms = (f"{day:%d{mark}%m{mark}%Y}" for mark in "/-.")
        plain = (f"{day.day}{mark}{day.month}{mark}{day.year}" for mark in "/-.")
        return frozenset((self.birth_date, serial, *forms, *plain))

    @cached_property
    def bytes_of_number(self) -> tuple[bytes, ...]:
        """The identity number, without leading zeros, as bytes of a document."""
        digits = self.identity.lstrip("0")
        return digits.encode(), digits.encode("utf-16-le")

    @cached_property
    def bytes_of_name(self) -> tuple[bytes, ...]:
        """The name as bytes of a document, composed and decomposed."""
        forms = [unicodedata.normalize(form, self.name) for form in ("NFC", "NFD")]
        return tuple(form.encode(encoding) for form in forms for encoding in ("utf-8", "utf-16-le"))


def names(content: bytes, sheets: Sheets | None, person: Sought) -> bool:
    """Whether a file holds the person's identity number, or a row with the name that no other number claims.

    `sheets` are its cells, None where it is no workbook.

    A row with the name and another number counts if it has the birth date too: then the number was mistyped.
    In what is no workbook, the bare name counts.
    """
    parts = list(_parts(content))
    if any(number in part for part in parts for number in person.bytes_of_number):
        return True
    if sheets is None:
        return any(name in part for part in parts for name in person.bytes_of_name)
    return any(_row_names([cell for cell in row if cell], person) for grid in sheets.values() for row in grid)


def _row_names(cells: list[str], person: Sought) -> bool:
    numbers = {number for cell in cells for number in _numbers(cell)}
    if person.identity in numbers:
        return True
    if not any(person.folded in f" {fold(cell)} " for cell in cells if len(cell) >= len(person.name)):
        return False
    return not numbers or any(clean(cell) in person.birth_dates for cell in cells)


def _numbers(cell: str) -> Iterator[str]:
    if len(cell) >= 9:
        for pattern in _NUMBERS:
            for found in pattern.findall(cell):
                yield re.sub(r"\D", "", found).zfill(_IDENTITY_DIGITS)


def _parts(content: bytes) -> Iterator[bytes]:
    """The bytes themselves, and those of each member where they are an archive of reasonable size."""
    yield content
    try:
        with ZipFile(BytesIO(content)) as archive:
            members = archive.infolist()
            if sum(member.file_size for member in members) <= UNPACKED_LIMIT:
                for member in members:
                    yield archive.read(member)
    except (BadZipFile, ValueError, OSError, NotImplementedError, RuntimeError, EOFError):
        return
