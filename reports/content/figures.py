"""How figures, days and periods are written: Vietnamese groups thousands with dots and marks decimals with a comma."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from schemas.messages.translation import Language, text

Value = int | str | None

NOT_KNOWN = "–"
_SWAPPED = str.maketrans(",.", ".,")
_ROMAN = ("I", "II", "III", "IV")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def figure(value: Value, language: Language) -> str:
    """A value as people read it: 49000 is `49.000`, "41.7" is `41,7`, None (no target, no base) is a dash."""
    if value is None:
        return NOT_KNOWN
    written = f"{Decimal(value):,}"
    return written.translate(_SWAPPED) if language == "vi" else written


def day(written: str, language: Language) -> str:
    """An ISO date as people read it: `31/03/2025`, or `31 March 2025`."""
    on = date.fromisoformat(written)
    return f"{on:%d/%m/%Y}" if language == "vi" else f"{on.day} {_MONTHS[on.month - 1]} {on.year}"


def period(described: Mapping[str, str], language: Language) -> str:
    """A report's period (`kind`, `first`, `last`) in words: `quý I năm 2025`."""
    first, last = (
        date.fromisoformat(described["first"]),
        date.fromisoformat(described["last"]),
    )
    kind = described["kind"]
    if kind == "half":
        kind = "first_half" if first.month == 1 else "second_half"
    quarter = (first.month + 2) // 3
    return text(
        f"report.period.{kind}",
        language,
        number=_ROMAN[quarter - 1] if language == "vi" else quarter,
        year=first.year,
        last_year=last.year,
        first=day(described["first"], language),
        last=day(described["last"], language),
    )
