"""A sheet with one row per unit: outlined by depth, headings frozen and repeated, every page within its paper."""

from collections.abc import Sequence
from typing import Any

from reports.content.figures import Value
from reports.content.parts import Column, Row, runs
from reports.content.view import View
from reports.workbook.styles import FONT, Styles

HEADINGS = 3
"""Rows from which headings repeat: three title rows stand above them."""
FIRST_ROW = 6
OPEN_TO_DEPTH = 2
"""Deeper units are folded when the workbook opens; a province's branches would fill eighty pages."""
WIDEST_PAGE = 24
"""So many columns of figures still read well when fitted to one page; more are split, an indicator a page."""

LINE = 15.0
"""Height of a line of text in points: heights are given, since not every program fits a row to its text."""

_NAME_WIDTH, _CODE_WIDTH = 36.0, 10.0
_PAGE_POINTS, _POINTS_PER_WIDTH = 770.0, 5.8
_DEEPEST_OUTLINE, _DEEPEST_INDENT = 7, 15


def write_tree(
    sheet: Any,
    styles: Styles,
    view: View,
    title: str,
    columns: Sequence[Column],
    group: str,
) -> None:
    """Write all units with these columns; neighbours that share the attribute `group` stand under one heading."""
    widths = [_width(view, column, group) for column in columns]
    _page(sheet, view, columns, widths, group)
    sheet.set_column(0, 0, _NAME_WIDTH)
    sheet.set_column(1, 1, _CODE_WIDTH)
    for place, width in enumerate(widths, start=2):
        sheet.set_column(place, place, width)
    _titles(sheet, styles, view, title)
    _headings(sheet, styles, view, columns, widths, group)
    styled = {
        strong: [(column, styles.number(column.kind, strong=strong)) for column in columns] for strong in (True, False)
    }
    depths = [row.depth for row in view.rows]
    for place, row in enumerate(view.rows):
        below = depths[place + 1] if place + 1 < len(depths) else 0
        height = LINE * lines(row.name, _NAME_WIDTH - 1.5 * row.depth)
        sheet.set_row(FIRST_ROW + place, height, None, _outline(row.depth, below))
        strong = row.depth == 0
        name, code = styles.name(min(row.depth, _DEEPEST_INDENT), strong=strong), styles.unit_code(strong=strong)
        _write_row(sheet, FIRST_ROW + place, row, name, code, styled[strong], view)


def set_up_page(sheet: Any, view: View) -> None:
    """Landscape A4 with the content's identity and page numbers at the foot."""
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.set_margins(left=0.4, right=0.4, top=0.45, bottom=0.6)
    font = f'&"{FONT},Regular"&8'
    footer = f"&L{font} {view.footer}&R{font} {view.text('page')} &P/&N"
    sheet.set_footer(footer, {"margin": 0.25})


def _page(
    sheet: Any,
    view: View,
    columns: Sequence[Column],
    widths: Sequence[float],
    group: str,
) -> None:
    set_up_page(sheet, view)
    sheet.freeze_panes(FIRST_ROW, 2)
    sheet.outline_settings(True, False, True, False)
    sheet.repeat_rows(HEADINGS, FIRST_ROW - 1)
    sheet.repeat_columns(0, 1)
    sheet.print_area(0, 0, FIRST_ROW + len(view.rows) - 1, len(columns) + 1)
    if len(columns) <= WIDEST_PAGE:
        sheet.fit_to_pages(1, 0)
        return
    breaks, place, widest = [], 2, 0.0
    for _, members in runs(columns, group):
        widest = max(widest, sum(widths[place - 2 : place - 2 + len(members)]))
        place += len(members)
        if members[0].kind != "submission":
            breaks.append(place)
    points = (_NAME_WIDTH + _CODE_WIDTH + widest) * _POINTS_PER_WIDTH
    sheet.set_v_pagebreaks(breaks[:-1])
    sheet.set_print_scale(max(10, min(100, int(100 * _PAGE_POINTS / points))))


def _titles(sheet: Any, styles: Styles, view: View, title: str) -> None:
    content = view.content
    sheet.write_string(0, 0, f"{view.top.name} – {title}", styles.title)
    status = styles.warning if content["status"] == "preliminary" else styles.subtitle
    rests_on = view.rests_on or view.text("coverage.none")
    sheet.write_string(1, 0, f"{view.subject} – {view.status}. {rests_on}", status)
    said = (f"{view.as_of}.", view.text("unknown_blank"), view.issued or view.text("folded"))
    sheet.write_string(2, 0, " ".join(said), styles.note)


def _headings(
    sheet: Any,
    styles: Styles,
    view: View,
    columns: Sequence[Column],
    widths: Sequence[float],
    group: str,
) -> None:
    sheet.set_row(HEADINGS, 30)
    sheet.set_row(
        HEADINGS + 1,
        14
        * max(
            2,
            *(lines(_heading(view, c, group), w) for c, w in zip(columns, widths, strict=True)),
        ),
    )
    sheet.set_row(
        HEADINGS + 2,
        9 * max(lines(c.code, 1.25 * w) for c, w in zip(columns, widths, strict=True)) + 2,
    )
    for first in range(2):
        sheet.write_blank(HEADINGS, first, None, styles.group)
    place = 2
    for _, members in runs(columns, group):
        kind = members[0].kind
        heading = view.text(f"kind.{kind}") if group == "kind" or kind == "submission" else members[0].short
        if len(members) > 1:
            sheet.merge_range(HEADINGS, place, HEADINGS, place + len(members) - 1, "", styles.group)
        sheet.write_string(HEADINGS, place, heading, styles.group)
        place += len(members)
    for offset, words in enumerate((view.text("unit"), view.text("code"))):
        sheet.write_string(HEADINGS + 1, offset, words, styles.heading)
    for place, column in enumerate(columns, start=2):
        sheet.write_string(HEADINGS + 1, place, _heading(view, column, group), styles.heading)
    for offset in range(2):
        sheet.write_blank(HEADINGS + 2, offset, None, styles.code)
    for place, column in enumerate(columns, start=2):
        sheet.write_string(HEADINGS + 2, place, column.code, styles.code)


def _write_row(
    sheet: Any, at: int, row: Row, name: Any, code: Any, columns: Sequence[tuple[Column, Any]], view: View
) -> None:
    sheet.write_string(at, 0, row.name, name)
    sheet.write_string(at, 1, row.code, code)
    for place, (column, style) in enumerate(columns, start=2):
        value: Value = row.values[column.index]
        if value is None:
            sheet.write_blank(at, place, None, style)
        elif column.grades:
            sheet.write_string(at, place, view.figure(row, column), style)
        else:
            sheet.write_number(at, place, float(value), style)


def _outline(depth: int, next_depth: int) -> dict[str, Any]:
    return {
        "level": min(depth, _DEEPEST_OUTLINE),
        "hidden": depth > OPEN_TO_DEPTH,
        "collapsed": depth == OPEN_TO_DEPTH < next_depth,
    }


def _heading(view: View, column: Column, group: str) -> str:
    if group == "kind" or column.kind == "submission":
        return column.short
    return column.part or view.text("total")


def _width(view: View, column: Column, group: str) -> float:
    values = (row.values[column.index] for row in view.rows)
    largest = max((float(value) for value in values if value is not None), default=0.0)
    written = f"{largest:,.1f}" if column.kind == "rate" else f"{largest:,.0f}"
    words = [*_heading(view, column, group).split(), *column.grades.values()]
    word = max(words, key=len)
    return max(7.5, 1.15 * len(written) + 2.0, 1.05 * len(word) + 2.0)


def lines(words: str, width: float) -> int:
    """How many lines words take in a cell of this width."""
    return -(-len(words) // max(1, int(width - 2)))
