"""Sections of the document beside the period's results: steps over time, what is due, activities, ratings."""

from reports.content.blocks import Block, Paragraph, Table, TableColumn, TableRow
from reports.content.view import ATTENDANCE, FAMILIES, RATED, WINDOWS, View

_PAGE_WIDTH, _FIGURE_WIDTH = 160.0, 20.0


def further_sections(view: View, number: int) -> list[tuple[str, list[Block]]]:
    """Title and blocks of each section for which the content has figures; `number` is that of the first table."""
    sections: list[tuple[str, list[Block]]] = []
    for name, places in (("cumulative", WINDOWS), ("due", ()), ("activities", ATTENDANCE), ("ratings", RATED)):
        table = _due(view, number) if name == "due" else _of_things(view, name, places, number)
        if table.rows:
            said = Paragraph(view.text(f"document.{name}_said"))
            sections.append((view.text(f"table.{name}").upper(), [said, table]))
            number += 1
    return sections


def restated_section(view: View, number: int) -> tuple[str, list[Block]]:
    """What is another figure than in the report that this one takes the place of; `number` is the table's."""
    say = view.text
    title = say("table.restated").upper()
    if not view.restated:
        return title, [Paragraph(say("document.restated_none", position=view.content["restates"]["position"]))]
    columns = (
        TableColumn(say("order"), 10, numeric=True),
        TableColumn(say("document.indicator"), 66, numeric=False),
        TableColumn(say("code"), 44, numeric=False),
        TableColumn(say("restated.before"), _FIGURE_WIDTH, numeric=True),
        TableColumn(say("restated.now"), _FIGURE_WIDTH, numeric=True),
    )
    rows = tuple(
        TableRow((str(order), column.title, column.code, *(column.shown(value, view.language) for value in values)))
        for order, (column, *values) in enumerate(view.restated, start=1)
    )
    said = say("document.restated_said", position=view.content["restates"]["position"], command=view.causes)
    return title, [
        Paragraph(said),
        Table(say("document.further_table", number=number, title=say("table.restated")), columns, rows),
    ]


def policies_section(view: View, number: int) -> tuple[str, list[Block]]:
    """The policies that the figures were counted under; `number` is the table's."""
    say = view.text
    columns = (
        TableColumn(say("policies.title"), 62, numeric=False),
        TableColumn(say("policies.value"), 46, numeric=False),
        TableColumn(say("policies.since"), 24, numeric=False),
        TableColumn(say("policies.order"), 28, numeric=False),
    )
    rows = tuple(TableRow(row) for row in view.policies)
    caption = say("document.further_table", number=number, title=say("table.policies"))
    return say("table.policies").upper(), [Paragraph(say("document.policies_said")), Table(caption, columns, rows)]


def _of_things(view: View, name: str, places: tuple[str, ...], number: int) -> Table:
    columns = (
        TableColumn(view.text("document.indicator"), _PAGE_WIDTH - _FIGURE_WIDTH * len(places), numeric=False),
        *(TableColumn(view.text(f"place.{place}"), _FIGURE_WIDTH, numeric=True) for place in places),
    )
    rows = tuple(
        TableRow((named.title, *(view.figure(view.top, cell) if cell else "" for cell in cells)))
        for named, cells in view.table(places)
    )
    return Table(view.text("document.further_table", number=number, title=view.text(f"table.{name}")), columns, rows)


def _due(view: View, number: int) -> Table:
    say = view.text
    columns = (
        TableColumn(say("order"), 10, numeric=True),
        TableColumn(say("document.due"), 85, numeric=False),
        TableColumn(say("code"), 45, numeric=False),
        TableColumn(say("document.people"), 20, numeric=True),
    )
    rows = tuple(
        TableRow((str(order), column.title, column.code, view.figure(view.top, column)))
        for order, column in enumerate(view.family(*FAMILIES["due"]), start=1)
    )
    return Table(say("document.further_table", number=number, title=say("table.due")), columns, rows)
