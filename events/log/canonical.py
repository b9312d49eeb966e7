"""Canonical JSON: one text for one value, equal to RFC 8785 on what we allow.

UTF-8, NFC, sorted ASCII keys, no floats, no control characters; dates ISO 8601, times UTC with microseconds.
"""

import re
import unicodedata
from datetime import UTC, datetime

import msgspec

_encode = msgspec.json.Encoder(order="sorted").encode

_BACKSLASH, _DEL, _C1_LEAD = b"\\\x7f\xc2"
"""Bytes that few texts hold. A look for a number, not a string of one byte, costs next to nothing."""

_c1 = re.compile(rb"\xc2[\x80-\x9f]").search


def dumps(value: object) -> bytes:
    """Canonical bytes of a struct or of plain values; ValueError where the value has no canonical form."""
    if not isinstance(value, msgspec.Struct):
        _refuse_floats(value)
    return checked(_encode(value))


def checked(text: bytes) -> bytes:
    """The same bytes, if they are NFC and hold no control character; ValueError otherwise."""
    if not text.isascii() and not unicodedata.is_normalized("NFC", text.decode()):
        raise ValueError("text is not in Unicode normal form C")
    if has_control(text):
        raise ValueError("text holds a control character")
    return text


def has_control(text: bytes) -> bool:
    """Whether encoded text holds a control character: those of C0 are escaped, DEL and C1 stand as they are."""
    if _BACKSLASH in text and _BACKSLASH in text.replace(rb"\\", b"").replace(rb"\"", b""):
        return True
    return _DEL in text or (_C1_LEAD in text and _c1(text) is not None)


def instant(at: datetime) -> str:
    """A time as canonical text, such as 2026-11-23T08:00:00.000000Z: always 27 characters."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _refuse_floats(value: object) -> None:
    if isinstance(value, float):
        raise ValueError("floats have no canonical form; use integers or decimals as strings")
    if isinstance(value, dict):
        for item in value.values():
            _refuse_floats(item)
    elif isinstance(value, list | tuple):
        for item in value:
            _refuse_floats(item)
