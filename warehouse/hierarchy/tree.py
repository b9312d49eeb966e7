"""The hierarchy on a date, as known at a log position: a walk down the dated parents."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlalchemy import Connection

from events.database import streamed
from events.errors import UsageError
from schemas.vocabulary.terms import UNIT_KIND
from warehouse.hierarchy.chains import chains

_HERE = Path(__file__).parent

TREE = (_HERE / "tree.sql").read_text(encoding="utf-8").rstrip().rstrip(";")
"""The statement behind `tree`, to build others on; `tree_places` fills it."""

_ROOTS = (_HERE / "roots.sql").read_text(encoding="utf-8")
_ENDED = (_HERE / "ended.sql").read_text(encoding="utf-8")


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit as it stands in the tree: `path` leads from the root to it, `depth` is 0 at the root.

    `undecidable` is a line of figures that belong under its parent, but to no one unit there (see the roll-up).
    """

    unit: str
    parent: str | None
    code: str
    name: str
    kind: str
    level: int
    path: tuple[str, ...]
    undecidable: bool = False

    @property
    def depth(self) -> int:
        """Steps from the root."""
        return len(self.path) - 1


def tree(connection: Connection, on: date, position: int, root: str | None = None) -> list[Unit]:
    """All units alive on a date as known at a position, depth first, siblings by kind and code.

    With `root`, only that unit and those under it.
    """
    # One string for each id and kind, however many units it stands with.
    known: dict[str, str] = {}
    units = []
    for row in streamed(connection, TREE, tree_places(on, position)):
        path = tuple(known.setdefault(above, above) for above in row.path.split("/"))
        if root is None or root in path:
            parent = path[-2] if len(path) > 1 else None
            kind = known.setdefault(row.kind, row.kind)
            units.append(Unit(path[-1], parent, row.code, row.name, kind, row.level, path))
    return units


def unit_by_code(connection: Connection, code: str, on: date, position: int) -> str:
    """The id of the unit that bears a code on a date; a UUID is taken as it is. Raises UsageError `unknown_unit`."""
    found = connection.exec_driver_sql(
        f"with tree as ({TREE}) select unit from tree where upper(code) = upper(%(code)s) or unit = %(code)s",
        {**tree_places(on, position), "code": code},
    ).scalar()
    if found is None:
        raise UsageError("unknown_unit", unit=code, on=on.isoformat())
    return str(found)


def roots(connection: Connection, on: date, position: int) -> list[str]:
    """The ids of the units that stand under nobody on a date, as known at a position, by code."""
    return [unit.unit for unit in root_units(connection, on, position)]


def root_units(connection: Connection, on: date, position: int) -> list[Unit]:
    """The units that stand under nobody on a date, by code."""
    rows = connection.exec_driver_sql(_ROOTS, {"on": on, "position": position})
    return [Unit(row.unit, None, row.code, row.name, row.kind, row.level, (row.unit,)) for row in rows]


def kinds_alive(connection: Connection, on: date, position: int) -> set[str]:
    """The kinds of the units that live on a date, as known at a position."""
    rows = connection.exec_driver_sql(
        "select distinct kind from ("
        "  select distinct on (unit) unit, alive from unit_change where alive is not null and on_date <= %(on)s"
        "  and position <= %(position)s order by unit, on_date desc, position desc"
        ") life join ("
        "  select distinct on (unit) unit, kind from unit_change where kind is not null and on_date <= %(on)s"
        "  and position <= %(position)s order by unit, on_date desc, position desc"
        ") kinds using (unit) where alive",
        {"on": on, "position": position},
    )
    return {row.kind for row in rows}


def root_of(connection: Connection, unit: str, on: date, position: int) -> str | None:
    """The top of what a unit stands under on a date; None where that does not live on it."""
    standing = set(roots(connection, on, position))
    above = chains(connection, [(unit, on)], position)[unit, on]
    return above[-1] if above[-1] in standing else None


def ended_by_code(connection: Connection, code: str, on: date, position: int) -> str:
    """The id of the last unit that bore a code and had ended by a date. Raises UsageError `unknown_unit`."""
    found = connection.exec_driver_sql(_ENDED, {"code": code, "on": on, "position": position}).scalar()
    if found is None:
        raise UsageError("unknown_unit", unit=code, on=on.isoformat())
    return str(found)


def last_superior(connection: Connection, unit: str, on: date, position: int) -> str | None:
    """The id of the superior that was said last of a unit, living or not, by a date; None at the top."""
    found = connection.exec_driver_sql(
        "select parent from unit_change where unit = %(unit)s and on_date <= %(on)s and position <= %(position)s"
        " and (parent is not null or alive) order by on_date desc, unit_change.position desc limit 1",
        {"unit": unit, "on": on, "position": position},
    ).scalar()
    return None if found is None else str(found)


def tree_places(on: date, position: int) -> dict[str, object]:
    """What fills the places of TREE."""
    return {"tree_on": on, "position": position, "kinds": list(UNIT_KIND.terms)}
