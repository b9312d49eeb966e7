"""Which events about units brought a unit's facts into another figure, or out of one."""

from collections.abc import Iterable
from datetime import date
from pathlib import Path

from sqlalchemy import Connection

from schemas.indicators.catalogue import FIGURES
from schemas.indicators.indicator import Submissions
from schemas.periods import Period

_MOVED = (Path(__file__).parent / "moved.sql").read_text(encoding="utf-8")


def moved(
    connection: Connection,
    units: Iterable[str],
    root: str,
    period: Period,
    code: str,
    before: int,
    after: int,
    tree_on: date | None = None,
) -> dict[str, tuple[int, ...]]:
    """For each of the units that reported, the positions in (before, after] of the events by which it stands otherwise.

    `root` is the unit whose figure `code` it is. An event is among them if it holds of the reporting unit, of one that
    follows it, or of a superior of these below `root` (who lives when, under whom, and where the figure goes by kinds
    and names of units, of what kind and name it is), as known before or after.
    """
    indicator, breakdown, _ = FIGURES[code]
    traits = ["kind", "name"] if breakdown and breakdown.of == "unit" else []
    days = {tree_on or period.last, period.last}
    if isinstance(indicator, Submissions):
        traits, days = [*traits, "kind"], days | {part.last for part in period.parts()}
    rows = connection.exec_driver_sql(
        _MOVED,
        {
            "units": sorted(set(units)),
            "root": root,
            "tree_on": tree_on or period.last,
            "last": period.last,
            "days": sorted(days),
            "traits": traits,
            "before": before,
            "after": after,
        },
    )
    found: dict[str, list[int]] = {}
    for unit, position in rows:
        found.setdefault(unit, []).append(position)
    return {unit: tuple(positions) for unit, positions in found.items()}
