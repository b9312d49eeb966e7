"""`nguon status`: who has submitted for a period, who is late, what has to be put right."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from flows.commands.parameters import AnyUnit, AsOf, PeriodOf
from flows.terminal.answer import Answer, Part, Table
from flows.terminal.wording import LANGUAGE, day, say

if TYPE_CHECKING:
    from warehouse.hierarchy import Unit
    from warehouse.returns.status import Returned

BAR = 10
"""Letters of a full bar."""

UNPLACED_DAYS = 90
"""So long after a period's end, a file without a place may still be meant for it."""


def status(period: PeriodOf, /, *, unit: AnyUnit = None, as_of: AsOf = None) -> Answer:
    """Counts for each unit under the province; with `unit`, for the units under it, and each return below it by name.

    Where there are several provinces, one after the other, and what all of them add up to. With `as_of`, as it was
    known then. Raises UsageError `period_without_return`, `unknown_unit`, `nothing_known`.
    """
    from events.errors import UsageError
    from flows.moments import position_at
    from flows.ready import ready
    from schemas.forms.family import periods_within
    from warehouse import hierarchy
    from warehouse.projections import project
    from warehouse.returns.status import returned, unplaced

    if not periods_within(period):
        raise UsageError("period_without_return", period=period.code)
    context = ready()
    reached = project.project(context.engine)
    position = min(reached, position_at(context, as_of) or reached)
    with context.engine.connect() as connection:
        root = hierarchy.unit_by_code(connection, unit, period.last, position) if unit else None
        tree = hierarchy.tree(connection, period.last, position, root)
        found = returned(connection, period, position, root)
        # Whose they are is not known: they are shown where the whole is looked at, until the next period is due.
        lost = [] if root else unplaced(connection, period.first, period.last + timedelta(days=UNPLACED_DAYS))
    if not tree:
        raise UsageError("no_units", on=period.last)
    parts = [_Part.of(top, tree, found) for top in tree if top.depth == tree[0].depth]
    beyond = _rows((), [one for one in found if not any(part.top.unit in one.path for part in parts)], 0)
    data = {
        "period": period.code,
        "position": position,
        "due": [{"period": part, "form": form, "due": due} for part, form, due in _dues(found)],
        "total": _counts(found),
        "roots": [
            {"code": part.top.code, "name": part.top.name, "total": _counts(part.found), "units": _listed(part.rows)}
            for part in parts
        ],
        "beyond": _listed(beyond),
        "returns": [_return(one) for one in found] if root else [],
        "unplaced": [{"submission": file.submission, "received_on": file.received_on} for file in lost],
    }
    shown: list[Part] = []
    for part in parts:
        dues = "; ".join(f"{_form(form)} {part}: {day(due)}" for part, form, due in _dues(part.found))
        shown += [
            say("status.title", unit=part.top.name, period=period.code, dues=dues),
            _summary(part.rows, part.found),
        ]
    if beyond:
        shown += [
            say("status.beyond", on=day(period.last)),
            _summary(beyond, [one for row in beyond for one in row[2]]),
        ]
    if len(parts) > 1 or beyond:
        tops = [(part.top.code, part.top.name, part.found) for part in parts]
        rest = [("", say("status.elsewhere"), [one for row in beyond for one in row[2]])] if beyond else []
        shown += [say("status.all", period=period.code), _summary([*tops, *rest], found)]
    shown += [_details(found), say("status.remind")] if root else [say("status.more", period=period.code)]
    if lost:
        rows = [(day(file.received_on), f"nguon trace {file.submission}") for file in lost]
        shown += [say("status.unplaced", count=len(lost)), Table([say("status.received_on"), say("status.look")], rows)]
    return Answer(data, shown)


Row = tuple[str, str, Sequence["Returned"]]
"""A unit's code and name, and how it stands with the returns that it and those under it owe."""


@dataclass(frozen=True)
class _Part:
    """What one table shows: a unit, what it and those under it owe, and a row for each unit directly below."""

    top: "Unit"
    rows: Sequence[Row]
    found: Sequence["Returned"]

    @classmethod
    def of(cls, top: "Unit", tree: Sequence["Unit"], found: Sequence["Returned"]) -> "_Part":
        within = [one for one in found if top.unit in one.path]
        below = [unit for unit in tree if unit.parent == top.unit]
        own = [(top.code, top.name, owed)] if (owed := [one for one in within if one.path[-1] == top.unit]) else []
        return cls(top, [*own, *_rows(below, within, top.depth + 1)], within)


def _rows(units: Sequence["Unit"], found: Sequence["Returned"], depth: int) -> list[Row]:
    """A row for each unit of a depth and for each undecidable line there, of those that owe anything."""
    below: dict[str, list[Returned]] = {unit.unit: [] for unit in units}
    for one in found:
        if len(one.path) > depth:
            below.setdefault(one.path[depth], []).append(one)
    named = {unit.unit: (unit.code, unit.name) for unit in units}
    lines = {one.unit: (one.code, say("status.undecidable", name=one.name)) for one in found if one.undecidable}
    return [(*(named.get(unit) or lines[unit]), owed) for unit, owed in below.items() if owed]


def _listed(rows: Sequence[Row]) -> list[dict[str, object]]:
    return [{"code": code, "name": name, **_counts(below)} for code, name, below in rows]


def _dues(found: Sequence["Returned"]) -> list[tuple[str, str, date]]:
    return list(dict.fromkeys((one.period, one.form, one.due) for one in found))


def _form(key: str) -> str:
    from schemas.forms.family import newest

    return newest(key).title(LANGUAGE)


def _counts(found: Sequence["Returned"]) -> dict[str, int]:
    from warehouse.returns.status import STATES

    states = Counter(one.state for one in found)
    return {
        "expected": len(found),
        **{state: states[state] for state in STATES},
        "revisions": sum(one.revisions for one in found),
        "findings": sum(one.errors + one.warnings for one in found),
    }


def _summary(rows: Sequence[Row], found: Sequence["Returned"]) -> Table:
    from warehouse.returns.status import STATES

    columns = ("expected", *STATES)

    def written(code: str, name: str, below: Sequence["Returned"]) -> tuple[str, ...]:
        counts = _counts(below)
        share = (counts["on_time"] + counts["late"]) / counts["expected"] if counts["expected"] else 0.0
        return (name, code, *(str(counts[key] or "") for key in columns), _bar(share), f"{share:.0%}")

    total = written("", say("status.total"), found)
    headings = [say(f"status.{key}") for key in ("unit", "code", *columns, "share")]
    numbers = (*range(2, 3 + len(STATES)), 4 + len(STATES))
    return Table([*headings, "%"], [*(written(*row) for row in rows), total], numbers=numbers)


def _bar(share: float) -> str:
    full = round(BAR * share)
    return "█" * full + "░" * (BAR - full)


def _details(found: Sequence["Returned"]) -> Table:
    from schemas.vocabulary.states import RETURN_STATE, SUBMISSION_STATE

    words = {state: term(LANGUAGE) for state, term in RETURN_STATE.terms.items()}
    colours = dict(
        zip(words.values(), ("green", "yellow", "yellow", "bold red", "bold red", "yellow", "red"), strict=True)
    )
    rows = [
        (
            one.name,
            one.code,
            _form(one.form),
            one.period,
            words[one.state],
            SUBMISSION_STATE.terms[one.newest](LANGUAGE) if one.newest else "",
            day(one.received_on) if one.received_on else "",
            *(str(number or "") for number in (one.revisions, one.errors, one.warnings)),
        )
        for one in found
    ]
    headings = (
        *("unit", "code", "form", "period", "state", "newest", "received_on", "revisions", "errors", "warnings"),
    )
    return Table([say(f"status.{key}") for key in headings], rows, colours, numbers=(7, 8, 9))


def _return(one: "Returned") -> dict[str, object]:
    keys = (
        "code",
        "name",
        "form",
        "period",
        "state",
        "newest",
        "counts",
        "received_on",
        "revisions",
        "errors",
        "warnings",
    )
    return {**{key: getattr(one, key) for key in keys}, "submission": one.submission}
