"""From a reorganisation that names units by code to the events that it is: codes pass from unit to unit."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from sqlalchemy import Connection

from events.errors import NguonError, UsageError
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
from flows.units.events import UnitEvent
from flows.units.refusing import together
from flows.units.reorganisation import NEEDED, Change
from schemas.text import clean
from warehouse import hierarchy
from warehouse.hierarchy.history import first_to_bear
from warehouse.projections import project

_LIVES_AGAIN = ("revive", "undo")
_BEGINNINGS, _ENDS = ("establish", *_LIVES_AGAIN), ("merge", "split", "dissolve")

Named = dict[str, str]
"""Units by the code that they bear on a day."""

Resolved = list[tuple[Change, str]]
"""Changes beside the unit of each."""


@dataclass
class Resolving:
    """The events that changes are, the line of the file of each where it has one, and what names no unit."""

    events: list[UnitEvent] = field(default_factory=list)
    lines: dict[UnitEvent, int] = field(default_factory=dict)
    problems: list[NguonError] = field(default_factory=list)

    def add(self, event: UnitEvent, line: int | None) -> None:
        """One more event."""
        self.events.append(event)
        if line is not None:
            self.lines.setdefault(event, line)

    def note(self, key: str, of: str, line: int | None, **details: object) -> None:
        """One more problem, of the unit that a line begins with."""
        where = {} if line is None else {"line": line}
        self.problems.append(UsageError(key, of=of, **details, **where))


def resolve(context: Context, changes: Sequence[Change]) -> list[UnitEvent]:
    """The events that the changes are. Raises UsageError `unknown_unit`, which names code and day."""
    found = resolving(context, changes)
    if found.problems:
        raise together(found.problems)
    return found.events


def resolving(context: Context, changes: Sequence[Change]) -> Resolving:
    """The events that the changes are, and which of them name no unit: `unknown_unit`, `unit_successor_ends`."""
    reached = project.project(context.engine)
    by_day: dict[date, list[Change]] = defaultdict(list)
    for change in changes:
        by_day[change.on].append(change)
    found = Resolving()
    earlier: Resolved = []
    with context.engine.connect() as connection:
        for on, of_day in sorted(by_day.items()):
            day = _Day(connection, on, reached, earlier, found)
            earlier += day.resolve(of_day)
    return found


class _Day:
    """What the codes name on a day, before and after the changes of that day."""

    def __init__(
        self, connection: Connection, on: date, reached: int, earlier: Sequence[tuple[Change, str]], found: Resolving
    ) -> None:
        self.connection, self.on, self.reached, self.found = connection, on, reached, found
        self.earlier = earlier
        self.before = _named(connection, on - timedelta(days=1), reached)
        self.after = _named(connection, on, reached)
        _pass_on(self.before, earlier)
        _pass_on(self.after, earlier)
        self.ends: dict[str, Change] = {}
        self.moves: dict[str, Change] = {}

    def resolve(self, changes: Sequence[Change]) -> Resolved:
        """Add the events of the day; the changes beside their units."""
        begun = self._units([c for c in changes if c.change in _BEGINNINGS], self._beginning)
        arriving = self.after | {change.code: unit for change, unit in begun}
        named = arriving | self.before
        others = self._units(
            [c for c in changes if c.change not in _BEGINNINGS],
            lambda change: named.get(change.code) or self._ended(change.code) or self._later(change.code),
        )
        _pass_on(self.after, [*others, *begun])
        self.ends = {unit: change for change, unit in others if change.change in _ENDS}
        self.moves = {unit: change for change, unit in others if change.change == "move"}
        for change, unit in [*begun, *others]:
            problems = len(self.found.problems)
            event = self._event(change, unit)
            if event is not None and len(self.found.problems) == problems:
                self.found.add(event, change.line)
        return [*others, *begun]

    def _units(self, changes: Sequence[Change], unit_of: Callable[[Change], str | None]) -> Resolved:
        resolved = []
        for change in changes:
            if (unit := unit_of(change)) is None:
                self.found.note("unknown_unit", change.code, change.line, unit=change.code, on=self.on.isoformat())
            else:
                resolved.append((change, unit))
        return resolved

    def _beginning(self, change: Change) -> str | None:
        if change.change == "establish":
            return fixed_id("unit", change.code, change.on.isoformat())
        if change.change == "undo" and change.code in self.before:
            return self.before[change.code]
        if ended := self._ended(change.code):
            return ended
        # Who lives cannot be revived: the rules say so, of the unit that bears the code.
        living = self.before.get(change.code) or self.after.get(change.code)
        days = [change.on] if change.change == "undo" else [change.on - timedelta(days=1), change.on]
        for day in days:
            try:
                return hierarchy.ended_by_code(self.connection, change.code, day, self.reached)
            except UsageError:
                continue
        return living

    def _ended(self, code: str) -> str | None:
        """The unit of a code that ended on an earlier day of the file."""
        ends = [unit for change, unit in self.earlier if change.change in _ENDS and change.code == code]
        return ends[-1] if ends else None

    def _later(self, code: str) -> str | None:
        # Of a unit that is known from a later day only, the rules say since when.
        return first_to_bear(self.connection, code, self.on, self.reached)

    def _named_on_the_day(self, code: str, change: Change) -> str | None:
        """The unit that bears a code on the day; else the one that bore it the day before, and ends."""
        unit = self.after.get(code) or self.before.get(code) or self._later(code)
        if unit is None:
            self.found.note("unknown_unit", change.code, change.line, unit=code, on=self.on.isoformat())
        return unit

    def _successor(self, code: str, change: Change) -> str | None:
        """The unit that follows: where it is itself merged on that day, the one that it becomes part of."""
        seen: set[str] = set()
        while code not in self.after:
            end = self.ends.get(self.before.get(code, ""))
            if end is None or end is change:
                break
            if end.change != "merge" or code in seen:
                self.found.note(
                    "unit_successor_ends",
                    change.code,
                    change.line,
                    unit=change.code,
                    other=code,
                    on=self.on.isoformat(),
                )
                return None
            seen.add(code)
            code = end.successors[0]
        return self._named_on_the_day(code, change)

    def _superior(self, change: Change, unit: str) -> str | None:
        """Where a unit that lives again stands: as the file says, else where it stood last."""
        move = self.moves.get(unit)
        if move is not None and move.parent:
            return self._named_on_the_day(move.parent, move)
        days = (self.on - timedelta(days=1), self.on)
        found = [hierarchy.last_superior(self.connection, unit, day, self.reached) for day in days]
        return found[0] or found[1]

    def _event(self, change: Change, unit: str) -> UnitEvent | None:
        on, order = change.on, change.order
        parent = self._named_on_the_day(change.parent, change) if change.parent else None
        successors = tuple(one for code in change.successors if (one := self._successor(code, change)) is not None)
        match change:
            case Change("establish", code=code, name=str(name), kind=str(kind), level=int(level)):
                return UnitEstablished(unit, code, clean(name), kind, level, on, parent, order)
            case Change("rename", name=str(name)):
                return UnitRenamed(unit, clean(name), on, order)
            case Change("recode", new_code=str(code)):
                return UnitRecoded(unit, code, on, order)
            case Change("reclassify", kind=str(kind), level=int(level)):
                return UnitReclassified(unit, kind, level, on, order)
            case Change("move"):
                return UnitMoved(unit, parent, on, order) if parent else None
            case Change("merge"):
                return UnitMerged(unit, successors[0], on, order) if successors else None
            case Change("split"):
                return UnitDivided(unit, successors, on, order)
            case Change("dissolve"):
                return UnitDissolved(unit, on, order)
            case Change("revive" | "undo"):
                return UnitRevived(unit, on, parent or self._superior(change, unit), order)
        raise AssertionError(f"{change.change} lacks one of {NEEDED[change.change]}")


def _named(connection: Connection, on: date, position: int) -> Named:
    return {unit.code: unit.unit for unit in hierarchy.tree(connection, on, position)}


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
