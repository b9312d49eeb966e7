"""Whether a file names a person: wherever in it, however the identity number was typed, and if need be by the name."""

import re
import unicodedata
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from io import BytesIO
from lzma import LZMAError
from zipfile import BadZipFile, ZipFile

from schemas.gate.cells import UNPACKED_LIMIT
from schemas.gate.workbook import Sheets
from schemas.text import clean, fold

_IDENTITY_DIGITS = 12

_NUMBERS = (re.compile(r"(?<!\d)\d{9,12}(?!\d)"), re.compile(r"(?<!\d)\d(?:[ .\-]?\d){8,11}(?!\d)"))
"""An identity number that may have lost its leading zeros, in one piece or in groups."""

_ENCODINGS = ("utf-8", "utf-16-le")
"""Of what is no workbook."""

serial_zero = date(1899, 12, 30)
"""The day from which a spreadsheet counts."""


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
        serial = str((day - serial_zero).days)
        forms = (f"{day:%d{mark}%m{mark}%Y}" for mark in "/-.")
        plain = (f"{day.day}{mark}{day.month}{mark}{day.year}" for mark in "/-.")
        return frozenset((self.birth_date, serial, *forms, *plain))

    @cached_property
    def bytes_of_number(self) -> tuple[bytes, ...]:
        """The identity number, without leading zeros, as bytes of a document."""
        digits = self.identity.lstrip("0")
        return tuple(digits.encode(encoding) for encoding in _ENCODINGS)

    @cached_property
    def bytes_of_name(self) -> tuple[bytes, ...]:
        """The name as bytes of a document: composed and decomposed, as it is written and in capitals."""
        names = (self.name, self.name.upper())
        forms = [unicodedata.normalize(form, name) for form in ("NFC", "NFD") for name in names]
        plain = [form.encode(encoding) for form in forms for encoding in _ENCODINGS]
        # Some programs write XML in ASCII.
        return (*plain, *(form.encode("ascii", "xmlcharrefreplace") for form in forms))

    @cached_property
    def bytes_of_grouped_number(self) -> re.Pattern[bytes]:
        """The identity number, without leading zeros, in groups as bytes of a document."""
        return re.compile(b"|".join(_in_groups(self.identity.lstrip("0"), encoding) for encoding in _ENCODINGS))


def names(content: bytes, sheets: Sheets | None, person: Sought) -> bool:
    """Whether a file holds the person's identity number, or a row with the name that no other number claims.

    `sheets` are its cells, None where it is no workbook or too much for the reader.

    A row with the name and another number counts if it has the birth date too: then the number was mistyped.
    Without cells, the bare name counts, as it is written or in capitals, and the number in groups.
    """
    pieces = list(parts(content))
    if any(number in part for part in pieces for number in person.bytes_of_number):
        return True
    if sheets is None:
        named = any(name in part for part in pieces for name in person.bytes_of_name)
        return named or any(person.bytes_of_grouped_number.search(part) for part in pieces)
    return any(row_names([cell for cell in row if cell], person) for grid in sheets.values() for row in grid)


def row_names(cells: list[str], person: Sought) -> bool:
    """Whether a row, of which these are the filled cells, names the person."""
    found = {number for cell in cells for number in numbers(cell)}
    if person.identity in found:
        return True
    if not any(person.folded in f" {fold(cell)} " for cell in cells if len(cell) >= len(person.name)):
        return False
    return not found or any(clean(cell) in person.birth_dates for cell in cells)


def _in_groups(digits: str, encoding: str) -> bytes:
    """A pattern of the digits with at most one mark between two of them."""
    mark = b"(?:%b)?" % b"|".join(re.escape(mark.encode(encoding)) for mark in " \u00a0.-")
    return mark.join(re.escape(digit.encode(encoding)) for digit in digits)


def numbers(cell: str) -> Iterator[str]:
    """The identity numbers in a cell, of 12 digits each: some may have lost their leading zeros."""
    if len(cell) >= 9:
        for pattern in _NUMBERS:
            for found in pattern.findall(cell):
                yield re.sub(r"\D", "", found).zfill(_IDENTITY_DIGITS)


_DAMAGED = (BadZipFile, ValueError, OSError, NotImplementedError, RuntimeError, EOFError, zlib.error, LZMAError)
"""What an archive raises that is none, or is damaged or encrypted."""


def parts(content: bytes) -> Iterator[bytes]:
    """The bytes themselves, and those of each member where they are an archive of reasonable size."""
    yield content
    try:
        with ZipFile(BytesIO(content)) as archive:
            members = archive.infolist()
            if sum(member.file_size for member in members) <= UNPACKED_LIMIT:
                for member in members:
                    with suppress(*_DAMAGED):  # one that is damaged hides no other
                        yield archive.read(member)
    except _DAMAGED:
        return
