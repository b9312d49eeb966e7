"""The list for 3 February: the outstanding members whom the units handed to Party committees in a year, with names.

It is for the office that hands it over: only the file's owner can read it, and every name read for it is recorded.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from io import BytesIO
from pathlib import Path

from sqlalchemy import Connection

from events import vault
from events.files import put
from flows.context import Context, alone
from flows.settings import Settings
from schemas.messages.translation import Language
from schemas.messages.translation import text as wording
from schemas.periods import Period
from schemas.vocabulary.terms import SEX, SOURCE_GROUP
from warehouse import hierarchy
from warehouse.facts.handed_over import handed_over
from warehouse.projections import project

Line = tuple[str | date, ...]

COLUMNS = ("superior", "unit", "name", "birth_date", "identity", "sex", "minority", "group", "on", "document")

READER = "flow yearly_list"
"""By whom the vault's record of readings says that the names were read."""

LISTS = "lists"
"""The lock under which lists are written, so that nobody is erased between the reading and the writing."""


def write_yearly_list(context: Context, year: Period) -> tuple[Path, int]:
    """Write `<home>/lists/<year>.xlsx` for whoever runs this; its path, and how many people are on it.

    Who has been erased is left out.
    """
    position = project.project(context.engine)
    path = folder(context.settings) / f"{year.code}.xlsx"
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with context.engine.connect() as connection, alone(connection, LISTS):
        with connection.begin():
            lines = list(_lines(context, connection, year, position))
        # The readings are on record before anybody can read.
        put(path, _workbook(year, lines, context.settings.lang), mode=0o600)
    return path, len(lines)


def folder(settings: Settings) -> Path:
    """Where the lists lie."""
    return settings.home / "lists"


def purpose(year: str) -> str:
    """Why the names were read, as the vault's record of readings says it."""
    return f"list of {year} for 3 February"


def _lines(context: Context, connection: Connection, year: Period, position: int) -> Iterator[Line]:
    """One line per person, in the order of the tree; names only of units that stand on the year's last day."""
    units = {unit.unit: unit for unit in hierarchy.tree(connection, year.last, position)}
    places = {unit: place for place, unit in enumerate(units)}
    people = handed_over(connection, year.first, year.last)
    for row in sorted(people, key=lambda row: (places.get(row.unit, len(places)), row.on, row.subject)):
        read_for = purpose(year.code)
        person = vault.read_person(
            connection, context.keystore, row.subject, READER, read_for, context.actor, row.commitment
        )
        if person is None:
            continue
        unit = units.get(row.unit)
        superior = units.get(unit.parent) if unit and unit.parent else None
        yield (
            superior.name if superior else "",
            unit.name if unit else "",
            person.name,
            date.fromisoformat(person.birth_date),
            person.identity,
            SEX.terms[row.sex](context.settings.lang),
            "x" if row.ethnic_minority else "",
            SOURCE_GROUP.terms[row.source_group](context.settings.lang),
            row.on,
            row.document or "",
        )


def _workbook(year: Period, lines: Sequence[Line], language: Language) -> bytes:
    import xlsxwriter

    content = BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True, "strings_to_formulas": False}) as book:
        sheet = book.add_worksheet(wording("list.sheet", language))
        bold, day = book.add_format({"bold": True, "text_wrap": True}), book.add_format({"num_format": "dd/mm/yyyy"})
        sheet.write(0, 0, wording("list.title", language, year=year.code), book.add_format({"bold": True}))
        headings = [wording(f"list.{column}", language) for column in COLUMNS]
        sheet.write_row(2, 0, [wording("list.number", language), *headings], bold)
        for number, line in enumerate(lines, start=1):
            sheet.write_number(2 + number, 0, number)
            for column, value in enumerate(line, start=1):
                if isinstance(value, date):
                    sheet.write_datetime(2 + number, column, value, day)
                else:
                    sheet.write_string(2 + number, column, value)
        sheet.set_column(0, 0, 5)
        sheet.set_column(1, len(COLUMNS), 20)
        sheet.autofilter(2, 0, 2 + len(lines), len(COLUMNS))
        sheet.freeze_panes(3, 0)
        sheet.repeat_rows(2)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
    return content.getvalue()
