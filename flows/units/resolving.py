"""From a reorganisation that names units by code to the events that it is: codes pass from unit to unit."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import Connection

from events.errors import UsageError
from events.ids import fixed_id
from events.types.units import (
    UnitDissolved,
    UnitDivided,
    UnitEstablished,
    UnitMerged,
    UnitMoved,
    UnitReclassified,
    UnitRecoded,
    UnitRenamed,
    UnitRevived,
)
from flows.context import Context
from flows.units.changes import UnitEvent
from flows.units.reorganisation import NEEDED, Change
from schemas.text import clean
from warehouse import hierarchy
from warehouse.projections import project

_BEGINNINGS, _ENDS = ("establish", "revive"), ("merge", "split", "dissolve")

Named = dict[str, str]
"""Units by the code that they bear on a day."""


def resolve(context: Context, changes: Sequence[Change]) -> list[UnitEvent]:
    """The events that the changes are. Raises UsageError `unknown_unit`, which names code and day."""
    reached = project.project(context.engine)
    by_day: dict[date, list[Change]] = defaultdict(list)
    for change in changes:
        by_day[change.on].append(change)
    events: list[UnitEvent] = []
    earlier: list[tuple[Change, str]] = []
    with context.engine.connect() as connection:
        for on, of_day in sorted(by_day.items()):
            before = _named(connection, on - timedelta(days=1), reached)
            after = _named(connection, on, reached)
            _pass_on(before, earlier)
            _pass_on(after, earlier)
            begun = [(c, _beginning(connection, c, earlier, reached)) for c in of_day if c.change in _BEGINNINGS]
            arriving = after | {change.code: unit for change, unit in begun}
            others = [
                (c, _found(before | {k: u for k, u in arriving.items() if k not in before}, c.code, on))
                for c in of_day
                if c.change not in _BEGINNINGS
            ]
            _pass_on(after, [*others, *begun])
            earlier += [*others, *begun]
            events += [_event(connection, c, unit, after, reached) for c, unit in [*begun, *others]]
    return events


def _named(connection: Connection, on: date, position: int) -> Named:
    return {unit.code: unit.unit for unit in hierarchy.tree(connection, on, position)}


def _found(named: Named, code: str, on: date) -> str:
    if code not in named:
        raise UsageError("unknown_unit", unit=code, on=on.isoformat())
    return named[code]


def _beginning(connection: Connection, change: Change, earlier: Sequence[tuple[Change, str]], position: int) -> str:
    if change.change == "establish":
        return fixed_id("unit", change.code, change.on.isoformat())
    for before, unit in reversed(earlier):
        if before.change in _ENDS and before.code == change.code:
            return unit
    return hierarchy.ended_by_code(connection, change.code, change.on - timedelta(days=1), position)


def _pass_on(named: Named, changes: Sequence[tuple[Change, str]]) -> None:
    """What the codes name once the changes hold: codes that fall free first, then those that are taken."""
    for change, unit in changes:
        if change.change in (*_ENDS, "recode") and named.get(change.code) == unit:
            del named[change.code]
    for change, unit in changes:
        if change.change in _BEGINNINGS:
            named[change.code] = unit
        elif change.change == "recode" and change.new_code:
            named[change.new_code] = unit


def _event(connection: Connection, change: Change, unit: str, after: Named, position: int) -> UnitEvent:
    on, order = change.on, change.order
    parent = _found(after, change.parent, on) if change.parent else None
    successors = tuple(_found(after, code, on) for code in change.successors)
    match change:
        case Change("establish", code=code, name=str(name), kind=str(kind), level=int(level)):
            return UnitEstablished(unit, code, clean(name), kind, level, on, parent, order)
        case Change("rename", name=str(name)):
            return UnitRenamed(unit, clean(name), on, order)
        case Change("recode", new_code=str(code)):
            return UnitRecoded(unit, code, on, order)
        case Change("reclassify", kind=str(kind), level=int(level)):
            return UnitReclassified(unit, kind, level, on, order)
        case Change("move") if parent:
            return UnitMoved(unit, parent, on, order)
        case Change("merge"):
            return UnitMerged(unit, successors[0], on, order)
        case Change("split"):
            return UnitDivided(unit, successors, on, order)
        case Change("dissolve"):
            return UnitDissolved(unit, on, order)
        case Change("revive"):
            return UnitRevived(unit, on, parent or hierarchy.last_superior(connection, unit, on, position), order)
    raise AssertionError(f"{change.change} lacks one of {NEEDED[change.change]}")
