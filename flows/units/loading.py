"""Bringing a list of units into the log: new ones are established, those that differ are changed."""

from collections.abc import Sequence
from dataclasses import replace

from events.ids import fixed_id
from events.types.units import UnitEstablished, UnitMoved, UnitReclassified, UnitRenamed
from flows.context import Context
from flows.units.changes import record
from flows.units.refusing import together
from flows.units.resolving import Resolving
from flows.units.rows import UnitRow
from schemas.text import clean
from warehouse import hierarchy
from warehouse.projections import project


def load(context: Context, rows: Sequence[UnitRow]) -> int:
    """Record what `rows` say that is not known yet; the number of events.

    Doing it again adds nothing. Raises UsageError `unknown_superior`, which names the code, and what
    `flows.units.changes.record` refuses.
    """
    found = resolved(context, rows)
    if found.problems:
        raise together(found.problems)
    return record(context, found.events, found.lines)


def under_the_central_union(context: Context, rows: Sequence[UnitRow]) -> list[UnitRow]:
    """The rows with those at the top put under the central Union, where it is the root on their day."""
    reached = project.project(context.engine)
    with context.engine.connect() as connection:
        tops = {on: hierarchy.root_units(connection, on, reached) for on in {row.on for row in rows}}
    central = {on: next((unit.code for unit in of if unit.kind == "central"), None) for on, of in tops.items()}
    return [replace(row, parent_code=row.parent_code or central[row.on]) for row in rows]


def resolved(context: Context, rows: Sequence[UnitRow]) -> Resolving:
    """The events that the rows are, and which of them have a superior that nobody knows: `unknown_superior`."""
    reached = project.project(context.engine)
    with context.engine.connect() as connection:
        known = {
            on: {unit.code: unit for unit in hierarchy.tree(connection, on, reached)} for on in {row.on for row in rows}
        }
    ids: dict[str, str] = {}
    found = Resolving()
    for row in sorted(rows, key=lambda row: row.level):
        old = known[row.on].get(row.code)
        ids[row.code] = old.unit if old else fixed_id("unit", row.code, row.on.isoformat())
        unit, parent = ids[row.code], None
        if row.parent_code is not None:
            above = known[row.on].get(row.parent_code)
            parent = ids.get(row.parent_code) or (above.unit if above else None)
            if parent is None:
                found.note("unknown_superior", row.code, row.line, unit=row.code, superior=row.parent_code)
                continue
        name = clean(row.name)
        if old is None:
            found.add(UnitEstablished(unit, row.code, name, row.kind, row.level, row.on, parent), row.line)
            continue
        if old.name != name:
            found.add(UnitRenamed(unit, name, row.on), row.line)
        if (old.kind, old.level) != (row.kind, row.level):
            found.add(UnitReclassified(unit, row.kind, row.level, row.on), row.line)
        if parent is not None and old.parent != parent:
            found.add(UnitMoved(unit, parent, row.on), row.line)
    return found
