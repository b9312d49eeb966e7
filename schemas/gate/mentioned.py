"""Whom a file may name, as words to look up: so that a search opens the files that name a person, and no others.

What `schemas.gate.mentions.names` finds in a file, `words_of` the file and `words_for` the person have a word in
common; or the words of the file are None: too many, or too long a file to look into.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from functools import lru_cache
from html import unescape
from itertools import pairwise
from unicodedata import normalize

from schemas.gate.mentions import Sought, numbers, parts, serial_zero
from schemas.gate.workbook import Sheets
from schemas.text import clean, fold

MOST_WORDS = 50_000
"""Words of one file, beyond which it counts as one that may name anybody."""

LONGEST_TEXT, LONGEST_BOOK = 4 << 20, 64 << 20
"""Bytes of what is no workbook, and of a workbook once unpacked, beyond which it is not looked into."""

_SIGNIFICANT = 9
"""The last digits of an identity number by which it is found: no lost zero reaches them."""

_DIGITS = (re.compile(rb"\d{9,}"), re.compile(rb"(?:\d\x00){9,}"))
_GROUPED = re.compile(r"\d(?:[ .\-\u00a0]?\d){8,}")
_LETTERS = re.compile(r"[^\W\d_]+")
_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_WRITTEN = re.compile(r"(\d{1,2})([/.\-])(\d{1,2})\2(\d{4})")
_SERIALS = range(3_653, 73_051)
"""Days from 1910 to 2099 as a spreadsheet's numbers."""

_fold = lru_cache(20_000)(fold)


def words_for(person: Sought) -> set[str]:
    """The words of which a file that names the person has at least one."""
    found = {person.identity[-_SIGNIFICANT:]}
    folded = person.folded.split()
    last = " ".join(folded[-2:])
    letters = " ".join([fold(word) for word in _LETTERS.findall(normalize("NFC", person.name))][-2:])
    return found | {_name(last, None), _name(last, person.birth_date), _text(letters)}


def words_of(content: bytes, sheets: Sheets | None) -> frozenset[str] | None:
    """The words of a file; None where it may name anybody. `sheets` are its cells, None where they cannot be had."""
    found: set[str] = set()
    left = LONGEST_TEXT if sheets is None else LONGEST_BOOK
    for part in parts(content):
        left -= len(part)
        if left < 0:
            return None
        found.update(_in_bytes(part))
        if sheets is None:
            found.update(_in_text(part))
        if len(found) > MOST_WORDS:
            return None
    for grid in (sheets or {}).values():
        found |= words_of_rows(grid)
        if len(found) > MOST_WORDS:
            return None
    return frozenset(found)


def words_of_rows(rows: Iterable[Sequence[str | None]]) -> set[str]:
    """The words of rows: numbers, and names with what tells whose they are.

    A name in a row with a number is found by number, or with a birth date beside it; without a number by itself.
    """
    found: set[str] = set()
    for row in rows:
        cells = [cell for cell in row if cell]
        own = [number for cell in cells for number in numbers(cell)]
        for number in own:
            found.update(_of_number(number))
        names = {name for cell in cells for name in _names(cell)}
        days = {day for cell in cells if (day := _day(cell))} if own else {None}
        found.update(_name(name, day) for name in names for day in days)
    return found


def numbers_of(content: bytes, sheets: Sheets | None) -> set[str]:
    """The identity numbers in a file, as far as it is looked into. `sheets` are its cells, None as in `words_of`."""
    found: set[str] = set()
    for written in _texts(content) if sheets is None else _cells(sheets):
        found.update(numbers(written))
        if len(found) > MOST_WORDS:
            break
    return found


def _cells(sheets: Sheets) -> Iterator[str]:
    return (cell for grid in sheets.values() for row in grid for cell in row if cell)


def _texts(content: bytes) -> Iterator[str]:
    left = LONGEST_TEXT
    for part in parts(content):
        left -= len(part)
        if left < 0:
            return
        yield part.decode("utf-8", "ignore")
        yield part.decode("utf-16-le", "ignore")


def _of_number(digits: str) -> Iterator[str]:
    """Every place at which a number, however many digits stand before or behind it, may end."""
    for end in range(_SIGNIFICANT, len(digits) + 1):
        yield digits[end - _SIGNIFICANT : end]


def _name(words: str, day: str | None) -> str:
    return f"{words}|{day or ''}"


def _text(words: str) -> str:
    return f"{words}~"


def _names(cell: str) -> Iterator[str]:
    """Neighbouring words, of which the last two of a name are one pair; a word that stands alone."""
    if any(letter.isalpha() for letter in cell):
        words = _fold(cell).split(" ")
        yield from map(" ".join, pairwise(words)) if len(words) > 1 else words


@lru_cache(20_000)
def _day(cell: str) -> str | None:
    written = clean(cell)
    if found := _ISO.fullmatch(written):
        year, month, day = found.groups()
    elif found := _WRITTEN.fullmatch(written):
        day, _, month, year = found.groups()
    elif written.isdecimal() and len(written) < 6 and int(written) in _SERIALS:
        return (serial_zero + timedelta(days=int(written))).isoformat()
    else:
        return None
    try:
        return date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        return None


def _in_bytes(part: bytes) -> Iterator[str]:
    for pattern in _DIGITS:
        for found in pattern.findall(part):
            yield from _of_number(found.replace(b"\x00", b"").decode())


def _in_text(part: bytes) -> Iterator[str]:
    decoded = [part.decode("utf-8", "ignore")]
    if part.count(b"\x00") > len(part) // 8:
        decoded += [part.decode("utf-16-le", "ignore")]
    for written in decoded:
        text = normalize("NFC", unescape(written) if "&#" in written else written)
        for found in _GROUPED.findall(text):
            yield from _of_number(re.sub(r"\D", "", found))
        words = [_fold(word) for word in _LETTERS.findall(text)]
        yield from map(_text, words)
        yield from (_text(f"{one} {other}") for one, other in pairwise(words))
