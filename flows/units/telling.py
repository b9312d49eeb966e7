"""What became of units: the differences between the trees of two days, and the history of a unit."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from sqlalchemy import Connection

from events.errors import UsageError
from events.log.recorded import decode
from flows.units.events import UnitEvent
from warehouse.hierarchy import Unit
from warehouse.hierarchy.history import events_about, last_codes, last_names, living_again, successions

What = Literal["begun", "again", "ended", "succeeded", "renamed", "recoded", "reclassified", "moved"]


@dataclass(frozen=True)
class Difference:
    """What is different about a unit on the later day: its code and name there (or before its end), and two values.

    `was` and `now` are names, codes, kinds with levels, or the superiors' codes; for a unit that ended, `now` are the
    codes of its successors; for one that began, `was` are the codes of those whom it succeeded; for one that ended
    before and is `succeeded` by others, both are. `was_units` and `now_units` say the names beside these codes.
    """

    what: What
    unit: str
    code: str
    name: str
    was: str | None
    now: str | None
    was_units: str | None = None
    now_units: str | None = None


@dataclass(frozen=True)
class Told:
    """An event about a unit: its type, from when it holds, the document, when it was recorded, and what it says.

    `says` holds codes and names, and for other units the codes that they bore last, as known now; `units` the names
    beside these codes. What another event of
    its own day says anew is `withdrawn`; `undoes` is a new life on the day of an end, which takes that end back.
    """

    unit: str
    position: int
    recorded_at: datetime
    type: str
    on: date
    order: str | None
    says: dict[str, str]
    units: dict[str, str]
    withdrawn: bool = False
    undoes: bool = False


def differences(
    connection: Connection, before: Sequence[Unit], after: Sequence[Unit], position: int, on: date
) -> Iterator[Difference]:
    """How the tree `after`, of the day `on` as known at a position, differs from another: ends first, in tree order."""
    old, new = {unit.unit: unit for unit in before}, {unit.unit: unit for unit in after}
    ended, begun = [u for u in before if u.unit not in new], [u for u in after if u.unit not in old]
    successors, predecessors = _succession(connection, [u.unit for u in (*ended, *begun)], position, on)
    names = {unit.unit: unit.name for unit in (*before, *after)}
    # Between the two days there may have been units that stand in neither tree.
    passing = {unit for found in (successors, predecessors) for of in found.values() for unit in of} - names.keys()
    codes = last_codes(connection, passing, position) | {unit.unit: unit.code for unit in (*before, *after)}

    def coded(units: Sequence[str]) -> str | None:
        return " ".join(sorted(codes[unit] for unit in units)) or None

    def named(units: Sequence[str | None]) -> str | None:
        said = [f"{names[unit]} ({codes[unit]})" if unit in names else codes[unit] for unit in units if unit]
        return "; ".join(sorted(said)) or None

    for unit in ended:
        heirs = successors.get(unit.unit, ())
        yield Difference("ended", unit.unit, unit.code, unit.name, None, coded(heirs), now_units=named(heirs))
    revived = living_again(connection, [unit.unit for unit in begun], position, on)
    for unit in (unit for unit in begun if unit.unit in revived):
        yield Difference("again", unit.unit, unit.code, unit.name, None, None)
    for unit in (unit for unit in begun if unit.unit not in revived):
        of = predecessors.get(unit.unit, ())
        yield Difference("begun", unit.unit, unit.code, unit.name, coded(of), None, was_units=named(of))
    for unit in (u for u in after if u.unit in old):
        was = old[unit.unit]
        pairs: tuple[tuple[What, str | None, str | None], ...] = (
            ("renamed", was.name, unit.name),
            ("recoded", was.code, unit.code),
            ("reclassified", f"{was.kind} {was.level}", f"{unit.kind} {unit.level}"),
        )
        for what, before_it, after_it in pairs:
            if before_it != after_it:
                yield Difference(what, unit.unit, unit.code, unit.name, before_it, after_it)
        if was.parent != unit.parent:
            above = [codes.get(parent) if parent else None for parent in (was.parent, unit.parent)]
            both = (named([was.parent]), named([unit.parent]))
            yield Difference("moved", unit.unit, unit.code, unit.name, above[0], above[1], *both)


def history(connection: Connection, unit: str, position: int) -> list[Told]:
    """Everything recorded about the units that ever bore a code (or about one, by its id), by unit, day and position.

    A unit that was merged into them or split tells so too. Raises UsageError `unknown_unit_ever`.
    """
    rows = events_about(connection, unit, position)
    if not rows:
        raise UsageError("unknown_unit_ever", unit=unit)
    payloads: list[tuple[str, int, datetime, str, UnitEvent]] = [
        (row.unit, row.position, row.recorded_at, row.type, decode(row.position, row.body).payload)  # type: ignore[misc]
        for row in rows
    ]
    others = {other for *_, said in payloads for other in _others(said)}
    codes = last_codes(connection, others, position)
    names = last_names(connection, others, position)
    called = {other: f"{names[other]} ({codes[other]})" for other in others}
    told = [
        Told(
            unit=row.unit,
            position=at,
            recorded_at=recorded_at,
            type=name,
            on=said.on,
            order=said.order,
            says=_says(of, said, codes, " "),
            units=_says(of, said, called, "; "),
            withdrawn=row.withdrawn,
            undoes=row.undoes,
        )
        for row, (of, at, recorded_at, name, said) in zip(rows, payloads, strict=True)
    ]
    first = {of: min(fact.on for fact in told if fact.unit == of) for of in {fact.unit for fact in told}}
    return sorted(told, key=lambda fact: (first[fact.unit], fact.unit, fact.on, fact.position))


def _others(said: UnitEvent) -> tuple[str, ...]:
    given = (said.unit, getattr(said, "parent", None), getattr(said, "successor", None))
    return (*(other for other in given if other), *getattr(said, "successors", ()))


def _says(of: str, said: UnitEvent, codes: dict[str, str], between: str) -> dict[str, str]:
    found = {key: str(value) for key in ("code", "name", "kind", "level") if (value := getattr(said, key, None))}
    if said.unit != of:
        return {"took_in": codes[said.unit]}
    if parent := getattr(said, "parent", None):
        found["parent"] = codes[parent]
    followers = getattr(said, "successors", ()) or [s for s in [getattr(said, "successor", None)] if s]
    return found | ({"successors": between.join(codes[s] for s in followers)} if followers else {})


def _succession(
    connection: Connection, units: Sequence[str], position: int, on: date
) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    successors: dict[str, list[str]] = {}
    predecessors: dict[str, list[str]] = {}
    for unit, successor in successions(connection, units, position, on):
        successors.setdefault(unit, []).append(successor)
        predecessors.setdefault(successor, []).append(unit)
    return successors, predecessors
