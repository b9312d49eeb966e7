"""Results as a table for people."""

from collections.abc import Mapping

from rich.table import Table

from benchmarks.kit.result import Result


def table(results: Mapping[str, Result]) -> Table:
    """One row a case: the figure, what it stands against, their ratio and its bound."""
    made = Table(box=None, pad_edge=False)
    for title in ("benchmark", "case", "value", "against", "ratio", "bound", ""):
        made.add_column(title, no_wrap=title != "against")
    for name, result in results.items():
        for number, case in enumerate(result.cases):
            holds = result.bound.holds(case.ratio)
            made.add_row(
                "" if number else name,
                case.case,
                f"{_figure(case.value)} {result.unit}",
                f"{result.against}: {_figure(case.against_value)}",
                f"{case.ratio:.2f}",
                f"{result.bound.limit:g} {result.bound.sense}",
                "[green]holds[/]" if holds else "[red]broken[/]",
            )
    return made


def _figure(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
