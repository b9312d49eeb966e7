"""What may happen to units: rules over the dated facts of their whole past and future, checked for a batch at once.

Only how things stand on each day counts, not the order within a batch: a reorganisation may pass a code from one unit
to another, or move a unit under one that begins on that day.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from operator import itemgetter
from typing import NamedTuple

_ATTRIBUTES = ("alive", "parent", "code", "level")


@dataclass(frozen=True, slots=True)
class UnitFact:
    """What one event says about a unit from the day `on`; None is what it does not say.

    `alive`: begins (with a code) or lives again (without), or ends; `parent` None says so of a unit that begins at
    the top. `name` and `kind` are only compared.
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


class Problem(NamedTuple):
    """Why a change is impossible: the message's key, the unit and the day, and the other unit or value at stake."""

    key: str
    unit: str
    on: date
    other: str | None = None


def problems(known: Sequence[UnitFact], new: Sequence[UnitFact]) -> Iterator[Problem]:
    """What is impossible once `new` follows `known` (both in log order).

    `known` must hold everything about the units of `new` and their successors, about those whom they succeeded, about
    units under those that begin, end or change level, about units that ever bore one of their codes, and about the
    superiors of them all.
    """
    if not new:
        return
    past = _Past([*known, *new])
    first = min(fact.on for fact in new)
    touched = {fact.unit for fact in new}
    yield from _contradictions(new)
    yield from _lives(past, known, new)
    yield from _successors(past, touched)
    yield from _superiors(past, first, touched)
    yield from _codes(past, first, touched)


class _Past:
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
        return self.at("alive", unit, on) is True

    def superior(self, unit: str, on: date) -> str | None:
        found = self.at("parent", unit, on)
        return found if isinstance(found, str) else None


def _contradictions(new: Sequence[UnitFact]) -> Iterator[Problem]:
    """A batch that says two things of one unit and day."""
    said: dict[tuple[str, date, str], object] = {}
    for fact in new:
        for attribute in ("parent", "code", "name", "kind", "level"):
            value = getattr(fact, attribute)
            if value is not None and said.setdefault((fact.unit, fact.on, attribute), value) != value:
                yield Problem("unit_two_parents" if attribute == "parent" else "unit_two_values", fact.unit, fact.on)


def _lives(past: _Past, known: Sequence[UnitFact], new: Sequence[UnitFact]) -> Iterator[Problem]:
    """Beginnings, ends and new lives that do not follow each other, and changes on a day outside the unit's life."""
    touched = {fact.unit for fact in new}
    of_unit: dict[str, list[tuple[UnitFact, bool]]] = defaultdict(list)
    for number, fact in enumerate(past.facts):
        if fact.unit in touched:
            of_unit[fact.unit].append((fact, number >= len(known)))
    for unit, facts in of_unit.items():
        began = lives = False
        for fact, is_new in sorted(facts, key=lambda pair: pair[0].on):
            if fact.alive and fact.code is not None:
                if began:
                    yield Problem("unit_begins_twice", unit, fact.on)
                began = lives = True
            elif fact.alive:
                if is_new and (lives or not began):
                    yield Problem("unit_lives_already" if lives else "unit_outside_life", unit, fact.on)
                lives = True
            elif fact.alive is False:
                if is_new and not lives:
                    yield Problem("unit_outside_life", unit, fact.on)
                lives = False
            elif is_new and not past.lives(unit, fact.on):
                yield Problem("unit_outside_life", unit, fact.on)


def _successors(past: _Past, touched: set[str]) -> Iterator[Problem]:
    """Successors that do not live on the day on which they follow."""
    ends = {(fact.unit, fact.on): fact for fact in past.facts if fact.alive is not None}
    for fact in ends.values():
        if fact.successors is None or not touched & {fact.unit, *fact.successors}:
            continue
        if len({*fact.successors} - {fact.unit}) != len(fact.successors) or not fact.successors:
            yield Problem("unit_succeeds_itself", fact.unit, fact.on)
        for successor in fact.successors:
            if touched & {fact.unit, successor} and successor != fact.unit and not past.lives(successor, fact.on):
                yield Problem("unit_successor_outside_life", fact.unit, fact.on, successor)


def _superiors(past: _Past, first: date, touched: set[str]) -> Iterator[Problem]:
    """Superiors that do not live, that stand no higher, or that stand under their own unit."""
    for unit, parents in past.dated["parent"].items():
        near = {parent for _, parent in parents if isinstance(parent, str)}
        if not touched & {unit, *near}:
            continue
        own = past.days("parent", unit)
        days = own | past.days("alive", unit) | past.days("level", unit)
        for parent in near:
            days |= past.days("alive", parent) | past.days("level", parent)
        for on in sorted(day for day in days if day >= first):
            above = past.superior(unit, on)
            if above is None or not past.lives(unit, on):
                continue
            if not past.lives(above, on):
                yield Problem("unit_superior_outside_life", unit, on, above)
            elif on in own and _is_under_itself(past, unit, on):
                yield Problem("unit_under_itself", unit, on, above)
            elif not _is_lower(past.at("level", unit, on), past.at("level", above, on)):
                yield Problem("unit_level", unit, on, above)


def _is_under_itself(past: _Past, unit: str, on: date) -> bool:
    # Whatever cycle there is came about on the day of one of its edges, and is found from the unit below that edge.
    seen = {unit}
    above = past.superior(unit, on)
    while above is not None and above not in seen:
        seen.add(above)
        above = past.superior(above, on)
    return above == unit


def _is_lower(level: object, above: object) -> bool:
    return isinstance(level, int) and isinstance(above, int) and level > above


def _codes(past: _Past, first: date, touched: set[str]) -> Iterator[Problem]:
    """A code that two living units bear on one day."""
    bearers: dict[str, list[tuple[date, date, str]]] = defaultdict(list)
    for unit in past.dated["code"]:
        for since, until, code in _borne(past, unit):
            if until > first:
                bearers[code.upper()].append((since, until, unit))
    for spans in bearers.values():
        spans.sort()
        until, bearer = date.min, ""
        for since, to, unit in spans:
            if since < until and unit != bearer and touched & {unit, bearer}:
                new, other = (unit, bearer) if unit in touched else (bearer, unit)
                yield Problem("unit_code_taken", new, max(since, first), other)
            if to > until:
                until, bearer = to, unit


def _borne(past: _Past, unit: str) -> Iterator[tuple[date, date, str]]:
    """From when until when (exclusive) a living unit bears a code."""
    days = sorted(past.days("code", unit) | past.days("alive", unit))
    for since, until in zip(days, [*days[1:], date.max], strict=True):
        code = past.at("code", unit, since)
        if past.lives(unit, since) and isinstance(code, str):
            yield since, until, code
