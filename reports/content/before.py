"""What the report before one said: read from the bytes that are kept, and held beside what is compiled now."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec


@dataclass(frozen=True)
class Issued:
    """What a report said of its own unit: the position that it was issued from, and its figures by code."""

    position: int
    figures: Mapping[str, int | str | None]

    @classmethod
    def read(cls, content: bytes) -> "Issued":
        """From the bytes that are kept; what they say of the units below is passed over."""
        found = _decode_issued(content)
        values = _decode_row(found.rows[0]).values
        codes = (column["code"] for column in found.columns)
        return cls(found.position, dict(zip(codes, values, strict=True)))


class _Row(msgspec.Struct):
    values: list[int | str | None]


class _Content(msgspec.Struct):
    position: int
    columns: list[dict[str, Any]]
    rows: list[msgspec.Raw]


_decode_issued = msgspec.json.Decoder(_Content).decode
_decode_row = msgspec.json.Decoder(_Row).decode


def restated(before: Issued, now: Mapping[str, int | str | None]) -> dict[str, Any]:
    """The position of the report before, and each main figure (by code) that differs, with both values."""
    figures = [
        {"code": code, "before": before.figures.get(code), "now": value}
        for code, value in now.items()
        if before.figures.get(code) != value
    ]
    return {"position": before.position, "figures": figures}
