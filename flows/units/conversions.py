"""Recording the official conversion of a province into the units since 2025-07-01."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

from flows.context import Context
from flows.units.changes import record
from flows.units.events import UnitEvent, fact_of
from flows.units.namesakes import Confusion
from flows.units.official_conversion import ON, Conversion, changes, conversion, unplaced
from flows.units.planning import Plan, preview_of
from flows.units.resolving import Resolving, resolve
from warehouse import hierarchy
from warehouse.hierarchy import Unit
from warehouse.projections import project


@dataclass(frozen=True)
class Converted:
    """The new province, how many events were (or, in a preview, would be) recorded, and what an officer decides.

    `unplaced` are the units that nobody has placed yet; `doubtful` the parts of known communes that were left out;
    `plan`, in a preview, how the tree would change.
    """

    of: Conversion
    events: int
    unplaced: tuple[Unit, ...]
    doubtful: tuple[Confusion, ...]
    plan: Plan | None = None


def convert(context: Context, province_code: str, *, preview: bool = False) -> Converted | None:
    """Take the units that are known of a province through its conversion; None where none is known from before.

    What was said already of a unit's ON stays: doing it again adds nothing, and sets nothing back that an officer
    decided otherwise. Raises UsageError `unknown_province`, and what `flows.units.changes.record` refuses.
    """
    of = conversion(province_code)
    before, after = _trees(context)
    codes = {unit.code for unit in before}
    if not {unit.code for unit in before if unit.kind == "province"} & set(of.provinces):
        return None
    new = _undecided(context, resolve(context, changes(of, before, after)))
    plan = preview_of(context, Resolving(new)) if preview else None
    events = len(plan.new) if plan else record(context, new)
    before, after = _trees(context)
    doubtful = tuple(each for each in of.doubtful if each.old.code in codes)
    return Converted(of, events, tuple(unplaced(of, before, after)), doubtful, plan)


def _undecided(context: Context, events: Collection[UnitEvent]) -> list[UnitEvent]:
    """The events without those that say what was said of a unit's ON before: its life, superior, code or name."""
    with context.engine.connect() as connection:
        said = {
            row[0]: row[1:]
            for row in connection.exec_driver_sql(
                "select unit::text, bool_or(alive is not null), bool_or(parent is not null), bool_or(code is not null),"
                " bool_or(name is not null) from unit_change where on_date = %(on)s group by unit",
                {"on": ON},
            )
        }
    nothing = (False,) * 4

    def is_new(event: UnitEvent) -> bool:
        fact = fact_of(event)
        says = [value is not None for value in (fact.alive, fact.parent, fact.code, fact.name)]
        return not any(new and old for new, old in zip(says, said.get(fact.unit, nothing), strict=True))

    return [event for event in events if is_new(event)]


def _trees(context: Context) -> tuple[list[Unit], list[Unit]]:
    reached = project.project(context.engine)
    with context.engine.connect() as connection:
        return (
            hierarchy.tree(connection, ON - timedelta(days=1), reached),
            hierarchy.tree(connection, ON, reached),
        )
