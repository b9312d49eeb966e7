"""A file of units or of a reorganisation: what it says that is not known yet, recorded, or only looked at."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Connection

from events.errors import NguonError
from flows.calendar import today
from flows.context import Context, alone
from flows.units import loading
from flows.units.changes import append, judge
from flows.units.events import ENDS, UnitEvent
from flows.units.refusing import refusals, together
from flows.units.reorganisation import changes_of
from flows.units.resolving import Resolving, resolving
from flows.units.rows import column_names, rows_of
from flows.units.telling import Difference, differences
from warehouse import hierarchy
from warehouse.hierarchy.history import last_codes, last_names, successions
from warehouse.projections import project


@dataclass(frozen=True)
class DayOfPlan:
    """How the tree of a day would differ from that day's tree as it is known now; units on it before and after."""

    on: date
    was: int
    now: int
    differences: tuple[Difference, ...]


@dataclass(frozen=True)
class Plan:
    """What a file says: its lines, the events that are not known yet, all problems; without any, what would change."""

    lines: int
    new: tuple[UnitEvent, ...]
    problems: tuple[NguonError, ...]
    days: tuple[DayOfPlan, ...] = ()


def load_file(context: Context, path: Path) -> Plan:
    """Record what a file says.

    Raises UsageError `units_file_*`, `unknown_unit`, `unknown_superior`, RefusedError as `flows.units.changes.record`,
    and `units_refused` for several problems.
    """
    plan = _plan(context, _read(context, path), keep=True)
    if plan.problems:
        raise together(plan.problems)
    return plan


def preview(context: Context, path: Path) -> Plan:
    """What would come of a file; nothing is recorded. Raises UsageError `units_file_*` for what is no such file."""
    return _plan(context, _read(context, path), keep=False)


def preview_of(context: Context, found: Resolving) -> Plan:
    """What would come of events; nothing is recorded."""
    return _plan(context, _Read(len(found.events), found, found.problems), keep=False)


class _Read(NamedTuple):
    """Lines of a file, the events that they are, and what is wrong in them."""

    lines: int
    found: Resolving
    wrong: Sequence[NguonError]


def _plan(context: Context, read: _Read, *, keep: bool) -> Plan:
    lines, found, wrong = read
    failed = {str(problem.details.get("of")) for problem in wrong}
    with context.engine.connect() as connection, alone(connection, "units"), connection.begin() as transaction:
        position = project.project(context.engine)
        judged = judge(connection, found.events, position, today(context))
        refused = [
            problem
            for problem in refusals(judged.problems, judged.past, found.lines)
            # What was said of these units was not understood, so that nobody knows what is wrong about them.
            if not failed & {str(problem.details.get(which)) for which in ("unit", "other")}
        ]
        problems = (*sorted([*wrong, *refused], key=lambda problem: int(str(problem.details.get("line") or 0))),)
        if problems or keep:
            if not problems:
                append(connection, judged.new, context.actor)
            days: tuple[DayOfPlan, ...] = ()
        else:
            days = tuple(_tried(context, connection, judged.new, position))
            transaction.rollback()
    if keep:
        project.project(context.engine)
    return Plan(lines, tuple(judged.new), problems, days)


def _read(context: Context, path: Path) -> _Read:
    if "change" in column_names(path):
        changes, wrong = changes_of(path)
        found = resolving(context, changes)
        return _Read(len(changes) + _lines(wrong), found, [*wrong, *found.problems])
    rows, wrong = rows_of(path)
    found = loading.resolved(context, rows)
    return _Read(len(rows) + _lines(wrong), found, [*wrong, *found.problems])


def _lines(wrong: Sequence[NguonError]) -> int:
    return len({problem.details["line"] for problem in wrong})


def _tried(context: Context, connection: Connection, new: Sequence[UnitEvent], position: int) -> Iterator[DayOfPlan]:
    """What the trees of the days would be, in a transaction that is rolled back."""
    days = sorted({event.on for event in new})
    before = [hierarchy.tree(connection, on, position) for on in days]
    ends = [sorted({event.unit for event in new if event.on == on and isinstance(event, ENDS)}) for on in days]
    heirs = [successions(connection, units, position, on) for units, on in zip(ends, days, strict=True)]
    append(connection, new, context.actor)
    while project.project_range(connection)[1]:
        pass
    head = project.reached(connection)
    for on, was, units, old in zip(days, before, ends, heirs, strict=True):
        now = hierarchy.tree(connection, on, head)
        found = list(differences(connection, was, now, head, on))
        # Who ended already is in neither tree: what a correction changes of it is who follows.
        gone = set(units) - {unit.unit for unit in (*was, *now)}
        found += _other_heirs(connection, sorted(gone), old, successions(connection, units, head, on), head)
        yield DayOfPlan(on, len(was), len(now), tuple(found))


def _other_heirs(
    connection: Connection,
    units: Sequence[str],
    before: Sequence[tuple[str, str]],
    after: Sequence[tuple[str, str]],
    position: int,
) -> Iterator[Difference]:
    everybody = {one for pair in (*before, *after) for one in pair} | set(units)
    codes, names = (last(connection, everybody, position) for last in (last_codes, last_names))
    for unit in units:
        was, now = (sorted(heir for ended, heir in pairs if ended == unit) for pairs in (before, after))
        if was != now:
            coded = [" ".join(codes[heir] for heir in of) or None for of in (was, now)]
            named = ["; ".join(f"{names[heir]} ({codes[heir]})" for heir in of) or None for of in (was, now)]
            yield Difference("succeeded", unit, codes[unit], names[unit], *coded, *named)
