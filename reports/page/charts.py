"""Bars of a report's charts: what each shows and how long it is; templates draw them."""

from dataclasses import dataclass

from reports.content.parts import Column, Row
from reports.content.view import View

LONGEST_LABEL = 28


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar: `length` is its share of the longest possible one, 0 to 1; `trace` finds the figure that it shows."""

    label: str
    full_label: str
    length: float
    shown: str
    trace: str


@dataclass(frozen=True, slots=True)
class Pair:
    """A result beside its target, which is None where none was set."""

    result: Bar
    target: Bar | None


def steps(view: View) -> list[Bar]:
    """The counted steps of the unit that reports, in order."""
    longest = _longest(view, (view.top,), view.results)
    return [_bar(view, view.top, column, column.short, longest) for column in view.results]


def results_and_targets(view: View) -> tuple[Column, list[Pair]] | None:
    """The last step that targets are set for, by unit directly below; None without targets or units below."""
    aimed = [(column, target) for column in view.results if (target := view.target_of(column))]
    if not aimed or not view.children:
        return None
    column, target = aimed[-1]
    column = view.to_date(column)
    longest = _longest(view, view.children, (column, target))
    return column, [
        Pair(
            _bar(view, child, column, child.name, longest),
            None if child.values[target.index] is None else _bar(view, child, target, child.name, longest),
        )
        for child in view.children
    ]


def completeness(view: View) -> tuple[Column, list[Bar]] | None:
    """The percentage of reports that arrived, by unit directly below; None where it is not known."""
    column = view.column("completeness")
    if column is None or not view.children:
        return None
    return column, [_bar(view, child, column, child.name, 100.0) for child in view.children]


def _bar(view: View, row: Row, column: Column, label: str, longest: float) -> Bar:
    short = label if len(label) <= LONGEST_LABEL else label[: LONGEST_LABEL - 1] + "…"
    length = min(1.0, float(row.values[column.index] or 0) / longest)
    return Bar(short, label, length, view.figure(row, column), view.trace_id(row, column))


def _longest(view: View, rows: tuple[Row, ...], columns: tuple[Column, ...]) -> float:
    return max(1.0, *(float(row.values[column.index] or 0) for row in rows for column in columns))
