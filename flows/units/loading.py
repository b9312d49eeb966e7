"""Bringing a list of units into the log: new ones are established, those that differ are renamed or moved."""

from collections.abc import Sequence

from events.errors import UsageError
from events.ids import fixed_id
from events.types.units import UnitEstablished, UnitMoved, UnitRenamed
from flows.context import Context
from flows.units.changes import UnitEvent, record
from flows.units.rows import UnitRow
from schemas.text import clean
from warehouse import hierarchy
from warehouse.projections import project


def load(context: Context, rows: Sequence[UnitRow]) -> int:
    """Record what `rows` say that is not known yet; the number of events.

    Doing it again adds nothing. Raises UsageError `unknown_superior`, which names the code, and what
    `flows.units.changes.record` refuses.
    """
    reached = project.project(context.engine)
    with context.engine.connect() as connection:
        known = {
            on: {unit.code: unit for unit in hierarchy.tree(connection, on, reached)} for on in {row.on for row in rows}
        }
    ids: dict[str, str] = {}
    changes: list[UnitEvent] = []
    for row in sorted(rows, key=lambda row: row.level):
        old = known[row.on].get(row.code)
        ids[row.code] = old.unit if old else fixed_id("unit", row.code, row.on.isoformat())
        unit, parent = ids[row.code], None
        if row.parent_code is not None:
            above = known[row.on].get(row.parent_code)
            parent = ids.get(row.parent_code) or (above.unit if above else None)
            if parent is None:
                raise UsageError("unknown_superior", unit=row.code, superior=row.parent_code)
        name = clean(row.name)
        if old is None:
            changes.append(UnitEstablished(unit, row.code, name, row.kind, row.level, row.on, parent))
            continue
        if old.name != name:
            changes.append(UnitRenamed(unit, name, row.on))
        if parent is not None and old.parent != parent:
            changes.append(UnitMoved(unit, parent, row.on))
    return record(context, changes)
