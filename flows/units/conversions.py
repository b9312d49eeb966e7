"""Recording the official conversion of a province into the units since 2025-07-01."""

from dataclasses import dataclass
from datetime import timedelta

from flows.context import Context
from flows.units.changes import record
from flows.units.official_conversion import ON, changes, conversion, unplaced
from flows.units.resolving import resolve
from warehouse import hierarchy
from warehouse.hierarchy import Unit
from warehouse.projections import project


@dataclass(frozen=True)
class Converted:
    """The new province's name, how many events were recorded, and the units that nobody has placed yet."""

    name: str
    events: int
    unplaced: tuple[Unit, ...]


def convert(context: Context, province_code: str) -> Converted | None:
    """Take the units that are known of a province through its conversion; None where none is known from before.

    Doing it again adds nothing. Raises UsageError `unknown_province`, and what `flows.units.changes.record` refuses.
    """
    of = conversion(province_code)
    before, after = _trees(context)
    if not {unit.code for unit in before if unit.kind == "province"} & set(of.provinces):
        return None
    events = record(context, resolve(context, changes(of, before, after)))
    before, after = _trees(context)
    return Converted(of.name, events, tuple(unplaced(of, before, after)))


def _trees(context: Context) -> tuple[list[Unit], list[Unit]]:
    reached = project.project(context.engine)
    with context.engine.connect() as connection:
        return (
            hierarchy.tree(connection, ON - timedelta(days=1), reached),
            hierarchy.tree(connection, ON, reached),
        )
