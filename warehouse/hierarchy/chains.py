"""What a unit stands under: the unit itself and all above it, the nearest first, for many units at once."""

from collections.abc import Collection
from datetime import date
from pathlib import Path

from sqlalchemy import Connection

_CHAIN = (Path(__file__).parent / "chain.sql").read_text(encoding="utf-8")

Chain = tuple[str, ...]
"""Ids of units: one, and all above it in order."""


def chains(
    connection: Connection, wanted: Collection[tuple[str, date]], position: int
) -> dict[tuple[str, date], Chain]:
    """The chain of each unit on a day, as known at a position; one that has ended stays where it stood last."""
    asked = list(dict.fromkeys(wanted))
    found: dict[tuple[str, date], list[str]] = {one: [] for one in asked}
    if asked:
        units, days = [unit for unit, _ in asked], [day for _, day in asked]
        for row in connection.exec_driver_sql(_CHAIN, {"units": units, "days": days, "position": position}):
            found[row.of, row.day].append(row.unit)
    return {one: tuple(above) for one, above in found.items()}
