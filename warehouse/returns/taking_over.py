"""The nominees of whom no unit reports: handed over and not received yet, or left behind by a unit that ended."""

from datetime import date
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Connection

from schemas.vocabulary.steps import ENDS, STEPS
from warehouse.hierarchy import tree_places

_WAREHOUSE = Path(__file__).parents[1]


def _written(name: str) -> str:
    return (_WAREHOUSE / f"{name}.sql").read_text(encoding="utf-8")


_TO_TAKE_OVER = f"""
with tree as materialized ({_written("hierarchy/paths")}),
place as materialized ({_written("hierarchy/place")}),
{_written("returns/taking_over")}
"""


class ToTakeOver(NamedTuple):
    """A person by id, with the newest step, and the unit with which they stand.

    `receiver` is the unit to which they were handed over on a day, both None for who was left behind. `path` leads to
    where somebody has to take them over: the receiver, or the superior of units that ended (`undecidable`).
    """

    subject: str
    step: str
    on: date
    unit: str
    receiver: str | None
    handed_over_on: date | None
    path: tuple[str, ...]
    undecidable: bool


def to_take_over(connection: Connection, on: date, position: int, root: str | None = None) -> list[ToTakeOver]:
    """Everybody who waits on a day to be taken over, in the order of the tree; with `root`, only under that unit."""
    places = {**tree_places(on, position), "steps": list(STEPS), "ends": list(ENDS)}
    rows = connection.exec_driver_sql(_TO_TAKE_OVER, places)
    found = [ToTakeOver._make((*row[:6], tuple(row[6]), row[7])) for row in rows]
    return [one for one in found if root is None or root in one.path]
