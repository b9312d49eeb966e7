"""Canonical JSON: one text for one value, equal to RFC 8785 on what we allow.

UTF-8, NFC, sorted ASCII keys, no floats, no control characters; dates ISO 8601, times UTC with microseconds.
"""

import unicodedata
from datetime import UTC, datetime

import msgspec

_encode = msgspec.json.Encoder(order="sorted").encode


def dumps(value: object) -> bytes:
    """Canonical bytes of a struct or of plain values; ValueError where the value has no canonical form."""
    if not isinstance(value, msgspec.Struct):
        _refuse_floats(value)
    return checked(_encode(value))


def checked(text: bytes) -> bytes:
    """The same bytes, if they are NFC and hold no escaped control character; ValueError otherwise."""
    if not text.isascii() and not unicodedata.is_normalized("NFC", text.decode()):
        raise ValueError("text is not in Unicode normal form C")
    if b"\\" in text and b"\\u00" in text:  # The first look, for one byte, costs next to nothing.
        raise ValueError("text holds a control character")
    return text


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
