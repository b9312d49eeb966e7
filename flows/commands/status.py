"""`nguon status`: who has submitted for a period, who is late, what was rejected."""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from flows.commands.parameters import AnyUnit, AsOf, PeriodOf
from flows.terminal.answer import Answer, Part, Table
from flows.terminal.wording import day, say

if TYPE_CHECKING:
    from schemas.periods import Period
    from warehouse.hierarchy import Unit
    from warehouse.returns.status import Returned

BAR = 10
"""Letters of a full bar."""

UNPLACED_DAYS = 90
"""So long after a period's end, a file without a place may still be meant for it."""

Told = tuple["Period", "Returned"]


def status(period: PeriodOf, /, *, unit: AnyUnit = None, as_of: AsOf = None) -> Answer:
    """Counts for each unit under the province; with `unit`, for the units under it, and each return below it by name.

    With `as_of`, as it was known then. Raises UsageError `period_without_quarter`, `unknown_unit`, `nothing_known`.
    """
    from events.errors import UsageError
    from flows.moments import position_at
    from flows.ready import ready
    from warehouse import hierarchy
    from warehouse.projections import project
    from warehouse.returns.status import returned, unplaced

    quarters = period.quarters()
    if not quarters:
        raise UsageError("period_without_quarter", period=period.code)
    context = ready()
    reached = project.project(context.engine)
    position = min(reached, position_at(context, as_of) or reached)
    with context.engine.connect() as connection:
        root = hierarchy.unit_by_code(connection, unit, period.last, position) if unit else None
        tree = hierarchy.tree(connection, period.last, position, root)
        found = [(quarter, told) for quarter in quarters for told in returned(connection, quarter, position, root)]
        # Whose they are is not known: they are shown where the whole is looked at, until the next period is due.
        lost = [] if root else unplaced(connection, period.first, period.last + timedelta(days=UNPLACED_DAYS))
    if not tree:
        raise UsageError("no_units", on=period.last)
    groups = [(node, [told for told in found if node.unit in told[1].path]) for node in _groups(tree)]
    groups = [(node, below) for node, below in groups if below]
    data = {
        "period": period.code,
        "position": position,
        "quarters": [{"period": quarter.code, "due": quarter.due} for quarter in quarters],
        "total": _counts(found),
        "units": [{"code": node.code, "name": node.name, **_counts(below)} for node, below in groups],
        "returns": [_return(*told) for told in found] if root else [],
        "unplaced": [{"submission": file.submission, "received_on": file.received_on} for file in lost],
    }
    dues = ", ".join(f"{quarter.code}: {day(quarter.due)}" for quarter in quarters)
    parts: list[Part] = [say("status.title", unit=tree[0].name, period=period.code, dues=dues), _summary(groups, found)]
    parts += [_details(found), say("status.remind")] if root else [say("status.more", period=period.code)]
    if lost:
        rows = [(day(file.received_on), f"nguon trace {file.submission}") for file in lost]
        parts += [say("status.unplaced", count=len(lost)), Table([say("status.received_on"), say("status.look")], rows)]
    return Answer(data, parts)


def _groups(tree: Sequence["Unit"]) -> list["Unit"]:
    """The units directly under the first one; itself when it has none."""
    return [unit for unit in tree if unit.parent == tree[0].unit] or [tree[0]]


def _counts(found: Sequence[Told]) -> dict[str, int]:
    from warehouse.returns.status import STATES

    states = Counter(told.state for _, told in found)
    return {
        "expected": len(found),
        **{state: states[state] for state in STATES},
        "revisions": sum(told.revisions for _, told in found),
        "findings": sum(told.errors + told.warnings for _, told in found),
    }


def _summary(groups: Sequence[tuple["Unit", Sequence[Told]]], found: Sequence[Told]) -> Table:
    columns = ("expected", "accepted", "late", "pending", "rejected", "missing")

    def row(code: str, name: str, below: Sequence[Told]) -> tuple[str, ...]:
        counts = _counts(below)
        share = (counts["accepted"] + counts["late"]) / counts["expected"] if counts["expected"] else 0.0
        return (name, code, *(str(counts[key] or "") for key in columns), _bar(share), f"{share:.0%}")

    rows = [row(node.code, node.name, below) for node, below in groups]
    total = row("", say("status.total"), found)
    headings = [say(f"status.{key}") for key in ("unit", "code", *columns, "share")]
    return Table([*headings, "%"], [*rows, total], numbers=(*range(2, 8), 9))


def _bar(share: float) -> str:
    full = round(BAR * share)
    return "█" * full + "░" * (BAR - full)


def _details(found: Sequence[Told]) -> Table:
    from warehouse.returns.status import STATES

    words = {state: say(f"status.{state}") for state in STATES}
    colours = dict(zip(words.values(), ("green", "yellow", "yellow", "bold red", "red"), strict=True))
    rows = [
        (
            told.name,
            told.code,
            quarter.code,
            words[told.state],
            day(told.received_on) if told.received_on else "",
            *(str(number or "") for number in (told.revisions, told.errors, told.warnings)),
        )
        for quarter, told in found
    ]
    headings = ("unit", "code", "period", "state", "received_on", "revisions", "errors", "warnings")
    return Table([say(f"status.{key}") for key in headings], rows, colours, numbers=(5, 6, 7))


def _return(quarter: "Period", told: "Returned") -> dict[str, object]:
    keys = ("code", "name", "state", "received_on", "revisions", "errors", "warnings", "submission")
    return {"period": quarter.code, **{key: getattr(told, key) for key in keys}}
