"""A report as a workbook: main figures as an outlined tree, a sheet per breakdown, submissions, and its origin."""

from datetime import datetime
from io import BytesIO
from typing import Any

from reports.content.parts import Column
from reports.content.view import FAMILIES, SUBMISSION_RATES, SUMMARY, Content, View, look
from reports.workbook.styles import BASE_FONT, Styles
from reports.workbook.tree import LINE, lines, set_up_page, write_tree
from schemas.messages.translation import Language

_COUNTS = ("expected", "received", "counted", "on_time", "not_counted")


def render(content: Content, language: Language) -> bytes:
    """The bytes of an XLSX workbook; the same content and language give the same bytes."""
    import xlsxwriter

    view = look(content, language)
    out = BytesIO()
    # Rows are written in order and flushed, so that a province of 20,000 units needs no gigabytes.
    with xlsxwriter.Workbook(out, {"constant_memory": True, "default_format_properties": dict(BASE_FONT)}) as workbook:
        workbook.set_properties(
            {
                "title": view.subject,
                "author": view.top.name,
                "comments": view.footer,
                "created": datetime.fromisoformat(content["period"]["last"]),
            }
        )
        styles = Styles(workbook, language)
        main = workbook.add_worksheet(view.text("sheet.summary"))
        summary = (*view.coverage, *view.family(*SUMMARY))
        write_tree(main, styles, view, view.text("sheet.summary"), summary, "kind")
        for name, kinds in FAMILIES.items():
            if columns := view.family(*kinds):
                title = view.text(f"sheet.{name}")
                write_tree(workbook.add_worksheet(title), styles, view, title, (*view.coverage, *columns), "kind")
        for parts in view.breakdowns.values():
            title = parts[0].of_title
            write_tree(
                workbook.add_worksheet(title[:31]),
                styles,
                view,
                title,
                [*view.coverage, *_with_totals(view, parts)],
                "base",
            )
        if view.restated:
            _write_restated(workbook.add_worksheet(view.text("sheet.restated")), styles, view)
        _write_submissions(workbook.add_worksheet(view.text("sheet.submissions")), styles, view)
        _write_about(workbook.add_worksheet(view.text("sheet.about")), styles, view)
    return out.getvalue()


def _with_totals(view: View, parts: tuple[Column, ...]) -> list[Column]:
    """The parts of a breakdown, each indicator's led by the total that they are parts of."""
    columns: list[Column] = []
    for part in parts:
        total = view.column(part.base)
        if total is not None and total not in columns:
            columns.append(total)
        columns.append(part)
    return columns


def _write_restated(sheet: Any, styles: Styles, view: View) -> None:
    set_up_page(sheet, view)
    sheet.fit_to_pages(1, 0)
    for place, width in enumerate((7, 62, 40, 16, 16)):
        sheet.set_column(place, place, width)
    sheet.write_string(0, 0, f"{view.top.name} – {view.text('table.restated')}", styles.title)
    said = view.text("restated.said", position=view.content["restates"]["position"])
    sheet.write_string(1, 0, said, styles.subtitle)
    sheet.write_string(2, 0, view.causes, styles.subtitle)
    for place, key in enumerate(("order", "document.indicator", "code", "restated.before", "restated.now")):
        sheet.write_string(4, place, view.text(key), styles.heading)
    sheet.repeat_rows(4)
    for number, (column, *values) in enumerate(view.restated, start=1):
        sheet.set_row(4 + number, LINE * lines(column.title, 62))
        sheet.write_number(4 + number, 0, number, styles.centered("count"))
        sheet.write_string(4 + number, 1, column.title, styles.cell)
        sheet.write_string(4 + number, 2, column.code, styles.cell)
        for place, value in enumerate(values, start=3):
            if isinstance(value, int) and not column.grades:
                sheet.write_number(4 + number, place, value, styles.centered(column.kind))
            else:
                sheet.write_string(4 + number, place, column.shown(value, view.language), styles.centered("count"))


def _write_submissions(sheet: Any, styles: Styles, view: View) -> None:
    submissions = view.content["submissions"]
    set_up_page(sheet, view)
    sheet.fit_to_pages(1, 0)
    for place, width in enumerate((7, 52, 16, 52)):
        sheet.set_column(place, place, width)
    sheet.write_string(0, 0, f"{view.top.name} – {view.text('submissions.title')}", styles.title)
    sheet.write_string(1, 0, f"{view.subject} – {view.status}", styles.subtitle)
    missing = submissions["missing"]
    counts = [(key, submissions[key]) for key in _COUNTS] + [("missing", len(missing))]
    whole, percent = styles.centered("count"), styles.centered("rate")
    for place, words in enumerate(("", view.text("submissions.count"))):
        sheet.write_string(3, place + 1, words, styles.heading)
    for at, (key, count) in enumerate(counts, start=4):
        sheet.write_string(at, 1, view.text(f"submissions.{key}"), styles.strong)
        if count is None:
            sheet.write_blank(at, 2, None, whole)
        else:
            sheet.write_number(at, 2, count, whole)
    rates = [column for code in SUBMISSION_RATES if (column := view.column(code))]
    at = 4 + len(counts)
    for column in rates:
        sheet.write_string(at, 1, f"{column.title} (%)", styles.strong)
        value = view.top.values[column.index]
        if value is None:
            sheet.write_blank(at, 2, None, percent)
        else:
            sheet.write_number(at, 2, float(value), percent)
        at += 1
    at += 1
    heading = view.text("submissions.missing_title" if missing else "submissions.none_missing")
    sheet.write_string(at, 0, heading, styles.section)
    if not missing:
        return
    for place, key in enumerate(("order", "unit", "code", "superior")):
        sheet.write_string(at + 1, place, view.text(key), styles.heading)
    sheet.repeat_rows(at + 1)
    for number, entry in enumerate(view.missing, start=1):
        sheet.set_row(at + 1 + number, LINE * max(lines(entry.name, 52), lines(entry.superior, 52)))
        sheet.write_number(at + 1 + number, 0, number, whole)
        for place, words in enumerate((entry.name, entry.code, entry.superior), start=1):
            sheet.write_string(at + 1 + number, place, words, styles.cell)


def _write_about(sheet: Any, styles: Styles, view: View) -> None:
    content = view.content
    set_up_page(sheet, view)
    sheet.fit_to_pages(1, 0)
    for place, width in enumerate((34, 62, 62)):
        sheet.set_column(place, place, width)
    sheet.write_string(0, 0, view.text("about.title"), styles.title)
    facts = {
        "unit": f"{view.top.name} ({view.top.code})",
        "period": f"{view.period} ({content['period']['code']})",
        "days": f"{view.day(content['period']['counted_from'])} – {view.day(content['period']['counted_until'])}",
        "status": view.status,
        "tree_on": view.day(content["tree_on"]),
        "position": str(content["position"]),
        "hash": view.hash,
        "code_version": content["code_version"],
        "trace": view.text("about.trace_text", example=view.example),
    }
    if view.issued:
        facts["issued"] = view.issued
    for at, (key, words) in enumerate(facts.items(), start=2):
        sheet.set_row(at, LINE * lines(words, 62))
        sheet.write_string(at, 0, view.text(f"about.{key}"), styles.strong)
        sheet.write_string(at, 1, words, styles.cell)
    at = 3 + len(facts)
    if view.lines:
        sheet.write_string(at, 0, view.text("about.lines"), styles.section)
        for row in view.lines:
            at += 1
            sheet.set_row(at, LINE * lines(row.name, 34))
            sheet.write_string(at, 0, row.name, styles.cell)
            sheet.write_string(at, 1, f"nguon trace {view.trace_id(row, view.main[0])}", styles.cell)
        at += 2
    sheet.write_string(at, 0, view.text("table.policies"), styles.section)
    for offset, (title, *held) in enumerate(view.policies, start=at + 1):
        sheet.set_row(offset, LINE * max(lines(title, 34), lines(held[0], 62)))
        for place, words in enumerate((title, held[0], " ".join(filter(None, held[1:])))):
            sheet.write_string(offset, place, words, styles.cell)
    at += 2 + len(view.policies)
    sheet.write_string(at, 0, view.text("about.definitions"), styles.section)
    for place, key in enumerate(("code", "document.indicator", "about.meaning")):
        sheet.write_string(at + 1, place, view.text(key), styles.heading)
    for offset, column in enumerate(view.main, start=at + 2):
        sheet.set_row(offset, LINE * max(lines(column.title, 62), lines(column.definition, 62)))
        for place, words in enumerate((column.code, column.title, column.definition)):
            sheet.write_string(offset, place, words, styles.cell)
