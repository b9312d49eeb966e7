"""The dated facts of units, and what held on a day."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from operator import itemgetter

_ATTRIBUTES = ("alive", "parent", "code", "level", "name", "kind")


@dataclass(frozen=True, slots=True)
class UnitFact:
    """What one event says about a unit from the day `on`; None is what it does not say.

    `alive`: begins (with a code) or lives again (without), or ends; `parent` None says so of a unit that begins at
    the top.
    """

    unit: str
    on: date
    alive: bool | None = None
    parent: str | None = None
    code: str | None = None
    level: int | None = None
    name: str | None = None
    kind: str | None = None
    successors: tuple[str, ...] | None = None


class Past:
    """The facts by unit, and what held on a day: of several facts of one day the last recorded counts."""

    def __init__(self, facts: Sequence[UnitFact]) -> None:
        self.facts = facts
        self.dated: dict[str, dict[str, list[tuple[date, object]]]] = {a: defaultdict(list) for a in _ATTRIBUTES}
        for fact in facts:
            for attribute in _ATTRIBUTES:
                value = getattr(fact, attribute)
                if value is not None or (attribute == "parent" and fact.alive):
                    self.dated[attribute][fact.unit].append((fact.on, value))
        for units in self.dated.values():
            for values in units.values():
                values.sort(key=itemgetter(0))

    def at(self, attribute: str, unit: str, on: date) -> object:
        """The value on a day; None before the first."""
        values = self.dated[attribute].get(unit, ())
        place = bisect_right(values, on, key=itemgetter(0))
        return values[place - 1][1] if place else None

    def days(self, attribute: str, unit: str) -> set[date]:
        """The days on which something was said."""
        return {on for on, _ in self.dated[attribute].get(unit, ())}

    def lives(self, unit: str, on: date) -> bool:
        """Whether it lives on a day."""
        return self.at("alive", unit, on) is True

    def is_over(self, unit: str, on: date) -> bool:
        """Whether it had ended before a day."""
        return self.at("alive", unit, on - timedelta(days=1)) is False

    def changes_nothing(self, fact: UnitFact) -> bool:
        """Whether what a fact says, other than of its life, held on the day before, and does on its day."""
        said = [name for name in _ATTRIBUTES if getattr(fact, name) is not None]
        eve = fact.on - timedelta(days=1)
        return "alive" not in said and all(
            self.at(name, fact.unit, fact.on) == self.at(name, fact.unit, eve) for name in said
        )

    def undone_after(self, unit: str, on: date) -> list[date]:
        """The later days, up to its next life, on which an end of it was recorded and undone."""
        flips: dict[date, list[object]] = {}
        for day, alive in self.dated["alive"].get(unit, ()):
            if day > on:
                flips.setdefault(day, []).append(alive)
        undone = []
        for day, of_day in flips.items():
            if of_day[0] or not of_day[-1]:
                break
            undone.append(day)
        return undone

    def superior(self, unit: str, on: date) -> str | None:
        """The unit above it on a day."""
        found = self.at("parent", unit, on)
        return found if isinstance(found, str) else None

    def called(self, attribute: str, unit: str, on: date) -> str:
        """Its code or name on the day before, else the first that it has; the id where none is known."""
        before = self.at(attribute, unit, on - timedelta(days=1))
        values = self.dated[attribute].get(unit, ())
        return str(before or (values[0][1] if values else unit))

    def heir(self, unit: str, on: date) -> str | None:
        """The unit that one that is no more became part of, where it is one and lives on a day."""
        flips = [fact for fact in self.facts if fact.unit == unit and fact.alive is not None and fact.on <= on]
        end = max(flips, key=lambda fact: fact.on, default=None)
        # Of several of one day the last recorded counts.
        last = next((fact for fact in reversed(flips) if end is not None and fact.on == end.on), None)
        if last is None or last.successors is None or len(last.successors) != 1:
            return None
        return last.successors[0] if self.lives(last.successors[0], on) else None

    def since(self, unit: str, on: date) -> date | None:
        """Since when it lives, or is no more, on a day; None before its beginning."""
        found = None
        state: object = None
        for day in sorted(self.days("alive", unit)):
            if day <= on and self.at("alive", unit, day) is not state:
                found, state = day, self.at("alive", unit, day)
        return found

    def begins(self, unit: str) -> date | None:
        """The first day on which it lives."""
        return next((day for day, alive in self.dated["alive"].get(unit, ()) if alive), None)
