"""Comparing Vietnamese text: Unicode form, tone placement, case and spaces do not make a difference."""

import re
import unicodedata

_TONES = {"\u0300", "\u0301", "\u0303", "\u0309", "\u0323"}


def clean(written: str) -> str:
    """What was written, in Unicode normal form C, without stray spaces or control characters; letters and case stay."""
    return re.sub(r"[\s\x00-\x1f\x7f-\x9f]+", " ", unicodedata.normalize("NFC", written)).strip()


def fold(written: str) -> str:
    """A key under which equal words meet: "HOÀ", "Hòa" and its decomposed form are one.

    Each word's tone mark moves behind its letters, so that both ways of placing it agree.
    """
    words = unicodedata.normalize("NFD", clean(written)).casefold().split(" ")
    return " ".join(
        "".join(c for c in word if c not in _TONES) + "".join(sorted(c for c in word if c in _TONES)) for word in words
    )
