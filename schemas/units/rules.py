"""What may happen to units: rules over the dated facts of their whole past and future, checked for a batch at once.

Only how things stand on each day counts, not the order within a batch: a reorganisation may pass a code from one unit
to another, or move a unit under one that begins on that day. An end is corrected on its own day: by another end, which
then is the one that holds, or by a new life on that day, which undoes it.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from schemas.units.kinds import LEVELS_OF, TOPS, Horizon, may_become
from schemas.units.past import Past, UnitFact


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a change is impossible: the message's key, unit and day, the other unit at stake, and what else is said."""

    key: str
    unit: str
    on: date
    other: str | None = None
    says: dict[str, object] = field(default_factory=dict, compare=False)
    fact: UnitFact | None = field(default=None, compare=False)
    """The new fact that is at fault, where one alone is."""


def problems(past: Past, known: int, horizon: Horizon) -> Iterator[Problem]:
    """What is impossible in the facts of `past` after the first `known` of them, which are recorded; in log order.

    `past` must hold everything about the units that change and their successors, about those whom they succeeded, about
    units under those that begin, end or change level, about units that ever bore one of their codes, and about the
    superiors of them all.
    """
    new = past.facts[known:]
    if not new:
        return
    first = min(fact.on for fact in new)
    touched = {fact.unit for fact in new}
    yield from _alone(new, horizon)
    yield from _contradictions(new)
    yield from _lives(past, known)
    yield from _later(past, known)
    yield from _successors(past, touched)
    yield from _superiors(past, first, touched)
    yield from _codes(past, first, touched)


def _alone(new: Sequence[UnitFact], horizon: Horizon) -> Iterator[Problem]:
    """What is impossible whatever else is known: a day out of reach, a kind at a level that is not its own."""
    for fact in new:
        if not horizon.first <= fact.on <= horizon.last:
            yield Problem("unit_day", fact.unit, fact.on, says=horizon._asdict(), fact=fact)
        if fact.kind is not None and fact.level not in LEVELS_OF[fact.kind]:
            allowed = ", ".join(map(str, LEVELS_OF[fact.kind]))
            says: dict[str, object] = {"kind": fact.kind, "level": fact.level, "allowed": allowed}
            yield Problem("unit_kind_level", fact.unit, fact.on, says=says, fact=fact)


def _contradictions(new: Sequence[UnitFact]) -> Iterator[Problem]:
    """A batch that says two things of one unit and day."""
    said: dict[tuple[str, date, str], object] = {}
    for fact in new:
        for attribute in ("parent", "code", "name", "kind", "level"):
            value = getattr(fact, attribute)
            if value is not None and said.setdefault((fact.unit, fact.on, attribute), value) != value:
                key = "unit_two_parents" if attribute == "parent" else "unit_two_values"
                yield Problem(key, fact.unit, fact.on, fact=fact)
        if fact.alive is False and said.setdefault((fact.unit, fact.on, "end"), fact) is not fact:
            yield Problem("unit_two_ends", fact.unit, fact.on, fact=fact)


def _lives(past: Past, known: int) -> Iterator[Problem]:
    """Beginnings, ends and new lives that do not follow each other, and changes on a day outside the unit's life."""
    for unit, facts in _by_unit(past, known).items():
        began = lives = False
        ended: date | None = None
        for fact, is_new in facts:
            if fact.alive and fact.code is not None:
                if began:
                    yield Problem("unit_begins_twice", unit, fact.on, fact=fact)
                began = lives = True
            elif fact.alive:
                if is_new and lives:
                    yield Problem("unit_lives_already", unit, fact.on, says=_life(past, unit, fact.on), fact=fact)
                elif is_new and not began:
                    yield Problem("unit_outside_life", unit, fact.on, says=_life(past, unit, fact.on), fact=fact)
                lives = True
            elif fact.alive is False:
                if is_new and not lives and ended != fact.on:
                    says = {"state": "ended", "day": ended} if ended else _life(past, unit, fact.on)
                    yield Problem("unit_outside_life", unit, fact.on, says=says, fact=fact)
                ended = ended if ended and not lives and ended < fact.on else fact.on
                lives = False
            elif is_new and not past.lives(unit, fact.on) and not past.changes_nothing(fact):
                yield Problem("unit_outside_life", unit, fact.on, says=_life(past, unit, fact.on), fact=fact)


def _by_unit(past: Past, known: int) -> dict[str, list[tuple[UnitFact, bool]]]:
    """The facts of the units that change, by day, each with whether it is new."""
    touched = {fact.unit for fact in past.facts[known:]}
    of_unit: dict[str, list[tuple[UnitFact, bool]]] = defaultdict(list)
    for number, fact in enumerate(past.facts):
        if fact.unit in touched:
            of_unit[fact.unit].append((fact, number >= known))
    return {unit: sorted(facts, key=lambda pair: pair[0].on) for unit, facts in of_unit.items()}


def _life(past: Past, unit: str, on: date) -> dict[str, object]:
    """How a unit lives on a day: `state` and the `day` since when, or on which it begins."""
    since, begins = past.since(unit, on), past.begins(unit)
    if since is not None and (begins is None or begins <= on):
        return {"state": "lives" if past.lives(unit, on) else "ended", "day": since}
    return {"state": "begins", "day": begins} if begins else {"state": "never", "day": on}


def _later(past: Past, known: int) -> Iterator[Problem]:
    """An end before a day on which something else is known to happen to the unit."""
    for unit, facts in _by_unit(past, known).items():
        ends = {fact.on for fact, is_new in facts if is_new and fact.alive is False}
        for on in sorted(ends):
            if past.lives(unit, on):
                continue
            for fact, is_new in facts:
                if is_new or fact.on <= on or fact.on in ends or _is_moot(past, fact):
                    continue
                if not past.lives(unit, fact.on):
                    says = {"what": _what(fact), "day": fact.on}
                    yield Problem("unit_changes_later", unit, on, says=says)
                break


def _is_moot(past: Past, fact: UnitFact) -> bool:
    """Whether a fact loses its point where the unit ended before: it changes nothing, or moves it from under an end."""
    if past.changes_nothing(fact):
        return True
    above = past.superior(fact.unit, fact.on - timedelta(days=1))
    moves = fact.alive is None and fact.parent is not None
    return moves and above is not None and not past.lives(above, fact.on)


def _what(fact: UnitFact) -> str:
    if fact.alive is not None:
        return "ended"
    said = [name for name in ("code", "kind", "parent", "name") if getattr(fact, name) is not None]
    return {"code": "recoded", "kind": "reclassified", "parent": "moved"}.get(said[0], "renamed")


def _successors(past: Past, touched: set[str]) -> Iterator[Problem]:
    """Successors that do not live on the day on which they follow, or are of another rank."""
    ends = {(fact.unit, fact.on): fact for fact in past.facts if fact.alive is not None}
    for fact in ends.values():
        if fact.successors is None or not touched & {fact.unit, *fact.successors} or past.is_over(fact.unit, fact.on):
            continue
        if len({*fact.successors} - {fact.unit}) != len(fact.successors) or not fact.successors:
            yield Problem("unit_succeeds_itself", fact.unit, fact.on)
        for successor in fact.successors:
            if not touched & {fact.unit, successor} or successor == fact.unit:
                continue
            if not past.lives(successor, fact.on):
                says = _life(past, successor, fact.on)
                yield Problem("unit_successor_outside_life", fact.unit, fact.on, successor, says)
                continue
            kinds = [past.at("kind", one, fact.on) for one in (fact.unit, successor)]
            if None not in kinds and not may_become(*kinds):
                yield Problem(
                    "unit_successor_rank", fact.unit, fact.on, successor, {"kind": kinds[0], "other_kind": kinds[1]}
                )


def _superiors(past: Past, first: date, touched: set[str]) -> Iterator[Problem]:
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
            if not past.lives(unit, on):
                continue
            if above is None:
                if past.at("level", unit, on) not in TOPS:
                    yield Problem("unit_without_superior", unit, on)
            elif not past.lives(above, on):
                yield Problem("unit_superior_outside_life", unit, on, above, _life(past, above, on))
            elif on in own and _is_under_itself(past, unit, on):
                yield Problem("unit_under_itself", unit, on, above)
            elif not _is_lower(past.at("level", unit, on), past.at("level", above, on)):
                levels = {"level": past.at("level", unit, on), "other_level": past.at("level", above, on)}
                yield Problem("unit_level", unit, on, above, levels)


def _is_under_itself(past: Past, unit: str, on: date) -> bool:
    # Whatever cycle there is came about on the day of one of its edges, and is found from the unit below that edge.
    seen = {unit}
    above = past.superior(unit, on)
    while above is not None and above not in seen:
        seen.add(above)
        above = past.superior(above, on)
    return above == unit


def _is_lower(level: object, above: object) -> bool:
    return isinstance(level, int) and isinstance(above, int) and level > above


def _codes(past: Past, first: date, touched: set[str]) -> Iterator[Problem]:
    """A code that two living units bear on one day."""
    bearers: dict[str, list[tuple[date, date, str]]] = defaultdict(list)
    for unit in past.dated["code"]:
        for since, until, code in _borne(past, unit):
            if until > first:
                bearers[code.upper()].append((since, until, unit))
    for code, spans in bearers.items():
        spans.sort()
        until, bearer, borne = date.min, "", date.min
        for since, to, unit in spans:
            if since < until and unit != bearer and touched & {unit, bearer}:
                new, other, day = (unit, bearer, borne) if unit in touched else (bearer, unit, since)
                yield Problem("unit_code_taken", new, max(since, first), other, {"code": code, "day": day})
            if to > until:
                until, bearer, borne = to, unit, since


def _borne(past: Past, unit: str) -> Iterator[tuple[date, date, str]]:
    """From when until when (exclusive) a living unit bears a code."""
    days = sorted(past.days("code", unit) | past.days("alive", unit))
    for since, until in zip(days, [*days[1:], date.max], strict=True):
        code = past.at("code", unit, since)
        if past.lives(unit, since) and isinstance(code, str):
            yield since, until, code
