"""A report as one HTML page that needs nothing else: charts, the tree of units, breakdowns, submissions."""

from pathlib import Path
from typing import Any

from reports.content.figures import figure
from reports.content.parts import Column, runs
from reports.content.view import ATTENDANCE, FAMILIES, RATED, SUMMARY, WINDOWS, Content, View, look
from reports.page import charts
from schemas.messages.translation import Language

TEMPLATES = Path(__file__).parent / "templates"
SUBMISSION_COUNTS = ("expected", "received", "counted", "on_time", "not_counted")


def render(content: Content, language: Language) -> bytes:
    """The bytes of an HTML page in UTF-8; the same content and language give the same bytes."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    view = look(content, language)
    summary = (*view.coverage, *view.family(*SUMMARY))
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    page = environment.get_template("report.html.j2").render(
        view=view,
        say=view.text,
        cards=_cards(view),
        steps=charts.steps(view),
        aimed=charts.results_and_targets(view),
        completeness=charts.completeness(view),
        summary=summary,
        groups=[(view.text(f"kind.{kind}"), len(columns)) for kind, columns in runs(summary, "kind")],
        tables=_tables(view),
        due=view.family(*FAMILIES["due"]),
        parents=[row.depth < below.depth for row, below in zip(view.rows, view.rows[1:], strict=False)] + [False],
        breakdowns=[(parts[0].of_title, _by_part(parts)) for parts in view.breakdowns.values()],
        submissions=_submissions(view),
    )
    return page.encode()


def _tables(view: View) -> list[dict[str, Any]]:
    """Tables of the unit that reports: steps over time, activities, ratings, other steps; those with rows only."""
    found = [("cumulative", WINDOWS, view.table(WINDOWS)), ("activities", ATTENDANCE, view.table(ATTENDANCE))]
    found.append(("ratings", RATED, view.table(RATED)))
    found.append(("outcomes", ("period",), [(column, (column,)) for column in view.family("outcome")]))
    return [{"name": name, "places": places, "rows": rows} for name, places, rows in found if rows]


def _cards(view: View) -> list[dict[str, Any]]:
    """The figures that a reader looks for first: members, what has a target, completeness."""
    shown = [*view.of_kind("stock")[:1], *(column for column in view.results if view.target_of(column))]
    if completeness := view.column("completeness"):
        shown.append(completeness)
    return [_card(view, column) for column in shown]


def _card(view: View, column: Column) -> dict[str, Any]:
    target = view.target_of(column)
    aimed = target is not None and view.top.values[target.index] is not None
    return {
        "column": view.to_date(column) if aimed else column,
        "target": target if aimed else None,
        "attained": view.attained_of(column) if aimed else None,
    }


def _by_part(columns: tuple[Column, ...]) -> list[tuple[str, dict[str, Column]]]:
    """The parts of a breakdown in order: title, and its column for each indicator."""
    found: dict[str, dict[str, Column]] = {}
    for column in columns:
        found.setdefault(column.part, {})[column.base] = column
    return list(found.items())


def _submissions(view: View) -> list[tuple[str, str]]:
    counts = [(key, view.content["submissions"][key]) for key in SUBMISSION_COUNTS] + [("missing", len(view.missing))]
    return [(view.text(f"submissions.{key}"), figure(count, view.language)) for key, count in counts]
