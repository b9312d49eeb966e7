"""The body of the report as a document: results, units below, composition, submissions, each with its table."""

from reports.content.blocks import Block, Heading, Paragraph, Table, TableColumn, TableRow
from reports.content.figures import figure
from reports.content.parts import Column, Row
from reports.content.view import View
from reports.document.further import further_sections, policies_section, restated_section
from schemas.messages.translation import catalogue

LONGEST_MISSING_LIST = 30
"""More missing units than this are counted by unit directly below; the workbook lists them all."""

PAGE_WIDTH = 160.0
"""Millimetres between the margins of the form."""

_COVERAGE_WIDTH = 16.0
_NUMERALS = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X")
_COUNTS = ("expected", "received", "counted", "on_time", "not_counted")


def compose_body(view: View) -> tuple[Block, ...]:
    """The blocks of the body, from the first section to the closing sentence."""
    sections = [_results(view)]
    if view.children:
        sections.append(_children(view, len(sections) + 1))
    if view.breakdowns:
        sections.append(_breakdowns(view, len(sections) + 1))
    sections += further_sections(view, len(sections) + 1)
    if view.causes:
        sections.append(restated_section(view, len(sections) + 1))
    sections.append(_submissions(view, len(sections) + 1))
    sections.append(policies_section(view, len(sections) + 1))
    blocks: list[Block] = []
    for numeral, (title, section) in zip(_NUMERALS, sections, strict=False):
        blocks += [Heading(f"{numeral}. {title}"), *section]
    closing = view.text("document.closing", period=view.period, unit=view.top.name)
    trace = view.text("document.trace", example=view.example, as_printed=view.as_printed)
    return (*blocks, Paragraph(trace), Paragraph(closing))


def _results(view: View) -> tuple[str, list[Block]]:
    say, top = view.text, view.top
    rests_on = f"{view.rests_on}." if view.rests_on else say("coverage.none")
    blocks: list[Block] = [Paragraph(f"{rests_on} {view.as_of}. {view.issued}".strip())]
    if stock := _known(view, view.of_kind("stock")):
        last = view.day(view.content["period"]["last"])
        blocks.append(Paragraph(say("document.strength", last=last, unit=top.name, list=_said(view, stock))))
    if results := _known(view, view.results):
        blocks.append(Paragraph(say("document.done", period=view.period, list=_said(view, results))))
    if not stock and not results:
        blocks.append(Paragraph(say("coverage.silent", unit=top.name)))
    reached = [said for column in view.results if (said := _against_target(view, column))]
    if reached:
        blocks.append(Paragraph(say("document.target_said", list="; ".join(reached))))
    if besides := [column for column in view.family("outcome") if top.values[column.index]]:
        blocks.append(Paragraph(say("document.besides", list=_said(view, tuple(besides)))))
    return say("document.results"), [*blocks, _main_table(view), Paragraph(say("unknown"))]


def _known(view: View, columns: tuple[Column, ...]) -> tuple[Column, ...]:
    """Those of the columns of which the unit that reports knows something."""
    return tuple(column for column in columns if view.top.values[column.index] is not None)


def _against_target(view: View, column: Column) -> str | None:
    target, attained = view.target_of(column), view.attained_of(column)
    if not target or not attained or view.top.values[attained.index] is None:
        return None
    return view.text(
        "document.target_item",
        title=column.short[0].lower() + column.short[1:],
        value=view.figure(view.top, view.to_date(column)),
        target=view.figure(view.top, target),
        share=view.figure(view.top, attained),
    )


def _said(view: View, columns: tuple[Column, ...]) -> str:
    wordings = catalogue(view.language)
    return "; ".join(
        view.text(
            f"said.{column.code if f'report.said.{column.code}' in wordings else 'other'}",
            value=view.figure(view.top, column),
            title=column.title,
        )
        for column in columns
    )


def _main_table(view: View) -> Table:
    say, top, rows = view.text, view.top, list[TableRow]()
    shares = [attained.code for column in view.results if (attained := view.attained_of(column))]
    for column in view.of_kind("stock", "count", "rate", "grade"):
        if column.code in shares:
            continue
        unit = "%" if column.kind == "rate" and top.values[column.index] is not None else ""
        year = view.to_date(column)
        against = (None if year is column else year, view.target_of(column), view.attained_of(column))
        rows.append(
            TableRow(
                (
                    str(len(rows) + 1),
                    column.title,
                    column.code,
                    view.figure(top, column) + unit,
                    *(view.figure(top, other) if other else "" for other in against),
                )
            )
        )
    columns = (
        TableColumn(say("order"), 10, numeric=True),
        TableColumn(say("document.indicator"), 52, numeric=False),
        TableColumn(say("code"), 32, numeric=False),
        TableColumn(say("document.result"), 18, numeric=True),
        TableColumn(say("place.year"), 16, numeric=True),
        TableColumn(say("document.target"), 16, numeric=True),
        TableColumn(say("document.attained"), 16, numeric=True),
    )
    return Table(say("document.main_table", period=view.period), columns, tuple(rows))


def _children(view: View, number: int) -> tuple[str, list[Block]]:
    say = view.text
    shown = view.of_kind("stock")[:1] + view.results + view.of_kind("rate")[:1]
    width = min(16.0, (PAGE_WIDTH - 55) / len(shown))
    columns = (
        TableColumn(say("unit"), PAGE_WIDTH - _COVERAGE_WIDTH - width * len(shown), numeric=False),
        TableColumn(say("coverage.column"), _COVERAGE_WIDTH, numeric=True),
        *(
            TableColumn(column.short + (" (%)" if column.kind == "rate" else ""), width, numeric=True)
            for column in shown
        ),
    )
    rows = [_row(view, say("total"), view.top, shown, view.covered(view.top), strong=True)]
    rows += [_row(view, f"{child.name} ({child.code})", child, shown, view.covered(child)) for child in view.children]
    said = say("document.children_said", unit=view.top.name, count=figure(len(view.children), view.language))
    caption = say("document.children_table", number=number)
    return say("document.children"), [Paragraph(said), Table(caption, columns, tuple(rows))]


def _breakdowns(view: View, number: int) -> tuple[str, list[Block]]:
    say, shown = view.text, view.results
    width = min(20.0, (PAGE_WIDTH - 50) / len(shown))
    columns = (
        TableColumn(say("document.breakdown"), PAGE_WIDTH - width * len(shown), numeric=False),
        *(TableColumn(column.short, width, numeric=True) for column in shown),
    )
    rows = [_row(view, say("total"), view.top, shown, strong=True)]
    for parts in view.breakdowns.values():
        by_part: dict[str, dict[str, Column]] = {}
        for column in parts:
            by_part.setdefault(column.part, {})[column.base] = column
        if len(by_part) > 1:
            rows.append(TableRow((parts[0].of_title, *("" for _ in shown)), strong=True, spans=True))
        for title, found in by_part.items():
            cells = (view.figure(view.top, found[c.code]) if c.code in found else "" for c in shown)
            rows.append(TableRow((title, *cells)))
    caption = say("document.breakdown_table", number=number)
    return say("document.breakdowns"), [
        Paragraph(say("document.breakdowns_said")),
        Table(caption, columns, tuple(rows)),
    ]


def _submissions(view: View, number: int) -> tuple[str, list[Block]]:
    say, found = view.text, view.content["submissions"]
    counts = {key: figure(found[key], view.language) for key in _COUNTS}
    missing = figure(len(view.missing), view.language)
    if found["expected"] is None:
        return say("document.submissions"), [Paragraph(say("coverage.none"))]
    blocks: list[Block] = [Paragraph(say("document.submissions_said", **counts, missing=missing))]
    if view.missing and (len(view.missing) <= LONGEST_MISSING_LIST or not view.children):
        blocks.append(_missing_units(view, number))
    elif view.missing:
        blocks.append(_missing_counts(view, number))
        blocks.append(Paragraph(say("document.missing_list_elsewhere", count=missing)))
    return say("document.submissions"), blocks


def _missing_units(view: View, number: int) -> Table:
    say = view.text
    columns = (
        TableColumn(say("order"), 10, numeric=True),
        TableColumn(say("unit"), 75, numeric=False),
        TableColumn(say("superior"), 75, numeric=False),
    )
    rows = tuple(
        TableRow((str(order), f"{unit.name} ({unit.code})", unit.superior))
        for order, unit in enumerate(view.missing, start=1)
    )
    return Table(say("document.missing_table", number=number), columns, rows)


def _missing_counts(view: View, number: int) -> Table:
    say = view.text
    columns = (
        TableColumn(say("unit"), 120, numeric=False),
        TableColumn(say("submissions.missing"), 40, numeric=True),
    )
    rows = tuple(
        TableRow((f"{child.name} ({child.code})", figure(count, view.language)))
        for child, count in view.missing_by_child()
    )
    return Table(say("document.missing_children_table", number=number), columns, rows)


def _row(
    view: View, title: str, row: Row, columns: tuple[Column, ...], *further: str, strong: bool = False
) -> TableRow:
    return TableRow((title, *further, *(view.figure(row, column) for column in columns)), strong)
