"""A form as a workbook to fill in: dropdown lists, locked headings, help, and what `submit` needs to know it again."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from io import BytesIO
from typing import NamedTuple

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from schemas.forms.form import (
    COVER_ROWS,
    COVER_SHEET,
    FIRST_ROW,
    HEADING_ROW,
    HELP_ROW,
    IDENTITY_SHEET,
    TITLE_ROW,
    Column,
    Form,
    Sheet,
)
from schemas.forms.owing import Days, counted_until, days
from schemas.forms.prefill import Row, Rows
from schemas.messages.translation import Language, text
from schemas.periods import Period
from schemas.policies.vocabularies import InUse, named
from schemas.templates.rules import VOCABULARY_SHEET, heading_rule, rule, vocabularies
from schemas.templates.styles import Styles

_LINE = 105
"""Letters of an instruction that fit on one line of the cover."""

_CREATED = datetime(2021, 4, 2)
"""A fixed date: the same form, unit, period and rows always give the same bytes."""


class LaidDown(NamedTuple):
    """What an office lays down that a template shows: days, until when data counts, and terms of lists in use."""

    days: Days
    counted_until: date
    in_use: Mapping[str, InUse] = {}

    @classmethod
    def usual(cls, form: Form, period: Period) -> "LaidDown":
        """What holds where nothing was laid down."""
        return cls(days(form, period), counted_until(period))


def workbook(
    form: Form,
    unit_id: str,
    unit_code: str,
    unit_name: str,
    period: Period,
    rows: Rows | None = None,
    language: Language = "vi",
    laid_down: LaidDown | None = None,
) -> bytes:
    """The form for one unit and period as XLSX bytes.

    `rows` maps a sheet's key to its rows, written from FIRST_ROW on; a row maps a column's key to a str, int, float
    or date, written as it stands, so a choice column holds the title. An empty row leaves a gap. A prefilled sheet
    that `rows` does not name gets its vocabulary's titles. Without `laid_down` what is usual holds. Raises KeyError for
    an unknown column.
    """
    rows, laid_down = rows or {}, laid_down or LaidDown.usual(form, period)
    form = _as_called(form, laid_down.in_use)
    target = BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    book.set_properties({"title": form.title(language), "subject": f"{unit_code} {period.code}", "created": _CREATED})
    styles = Styles.of(book)
    _cover(book.add_worksheet(COVER_SHEET), styles, form, unit_code, unit_name, period, laid_down, language)
    for sheet in form.sheets:
        _data_sheet(book.add_worksheet(sheet.title), styles, form, sheet, period, rows.get(sheet.key), language)
    _vocabulary_sheet(book.add_worksheet(VOCABULARY_SHEET), form, language)
    _identity_sheet(book.add_worksheet(IDENTITY_SHEET), form, unit_id, unit_code, period)
    book.close()
    return target.getvalue()


def _cover(
    page: Worksheet,
    styles: Styles,
    form: Form,
    code: str,
    name: str,
    period: Period,
    laid_down: LaidDown,
    language: Language,
) -> None:
    page.set_column(0, 0, 18)
    page.set_column(1, 1, 80)
    page.set_row(0, 30)
    page.write_string(0, 0, form.title(language).upper(), styles.title)
    values = {"form": form.title(language), "unit_code": code, "unit_name": name, "period": period.code}
    for key, row in COVER_ROWS.items():
        page.write_string(row - 1, 0, text(f"template.{key}", language), styles.label)
        page.write_string(row - 1, 1, values[key], styles.fixed)
    below = max(COVER_ROWS.values()) + 1
    page.write_string(below, 0, text("template.how", language), styles.label)
    for number, sentence in enumerate(_instructions(form, period, laid_down, language), start=1):
        page.set_row(below + number, 34 if len(sentence) > _LINE else 18)
        page.merge_range(below + number, 0, below + number, 1, f"{number}. {sentence}", styles.note)
    page.hide_gridlines(2)
    page.protect("", {"format_columns": True})
    _printed(page, landscape=False)


def _instructions(form: Form, period: Period, laid_down: LaidDown, language: Language) -> list[str]:
    until = laid_down.counted_until
    return [
        text("template.start", language),
        *([text("template.cut_off", language, day=f"{until:%d/%m/%Y}")] if until != period.last else []),
        *(text("template.sheet", language, title=sheet.title, help=sheet.help(language)) for sheet in form.sheets),
        *(text(f"template.{key}", language) for key in ("cells", *(["identity"] if form.identities else []), "paste")),
        text("template.save", language, due=f"{laid_down.days.due:%d/%m/%Y}"),
        text("template.again", language),
    ]


def _as_called(form: Form, in_use: Mapping[str, InUse]) -> Form:
    """The form with the lists as an office has them."""

    def called(column: Column) -> Column:
        return replace(column, vocabulary=named(column.vocabulary, in_use)) if column.vocabulary else column

    sheets = (replace(sheet, columns=tuple(map(called, sheet.columns))) for sheet in form.sheets)
    return replace(form, sheets=tuple(sheets))


def _data_sheet(
    page: Worksheet,
    styles: Styles,
    form: Form,
    sheet: Sheet,
    period: Period,
    rows: Sequence[Row] | None,
    language: Language,
) -> None:
    last = len(sheet.columns) - 1
    page.merge_range(TITLE_ROW - 1, 0, TITLE_ROW - 1, last, sheet.title.upper(), styles.title)
    page.merge_range(HELP_ROW - 1, 0, HELP_ROW - 1, last, sheet.help(language), styles.help)
    page.set_row(HEADING_ROW - 1, 36)
    first, end = FIRST_ROW - 1, FIRST_ROW + sheet.capacity - 2
    for index, column in enumerate(sheet.columns):
        page.set_column(index, index, column.width, None if sheet.prefilled else styles.data[column.kind])
        page.write_string(HEADING_ROW - 1, index, column.title(language), styles.heading)
        page.data_validation(HEADING_ROW - 1, index, HEADING_ROW - 1, index, heading_rule(column, language))
        page.data_validation(first, index, end, index, rule(form, sheet, column, period, language))
    for row, cells in enumerate(_prefilled(sheet, language) if rows is None else rows, start=first):
        _write(page, styles, sheet, row, cells)
    page.freeze_panes(HEADING_ROW, 1)
    page.protect("", {"format_columns": True, "format_rows": True})
    _printed(page, landscape=last > 2)
    page.repeat_rows(HEADING_ROW - 1)


def _prefilled(sheet: Sheet, language: Language) -> Sequence[Row]:
    vocabulary = sheet.columns[0].vocabulary
    if not sheet.prefilled or vocabulary is None:
        return ()
    return [{sheet.columns[0].key: title} for title in vocabulary.titles(language)]


def _write(page: Worksheet, styles: Styles, sheet: Sheet, row: int, cells: Row) -> None:
    unknown = cells.keys() - {column.key for column in sheet.columns}
    if unknown:
        raise KeyError(*sorted(unknown))
    for index, column in enumerate(sheet.columns):
        style = styles.fixed if sheet.prefilled and index == 0 else styles.data[column.kind]
        match cells.get(column.key):
            case str(value):
                page.write_string(row, index, value, style)
            case int(value) | float(value):
                page.write_number(row, index, value, style)
            case date() as value:
                page.write_datetime(row, index, value, style)
            case _ if sheet.prefilled:
                page.write_blank(row, index, None, style)


def _vocabulary_sheet(page: Worksheet, form: Form, language: Language) -> None:
    for index, vocabulary in enumerate(vocabularies(form)):
        page.write_column(0, index, [vocabulary.title(language), *vocabulary.titles(language)])
    page.protect()
    page.hide()


def _identity_sheet(page: Worksheet, form: Form, unit_id: str, unit_code: str, period: Period) -> None:
    known = {
        "form": form.key,
        "version": str(form.version),
        "unit": unit_id,
        "unit_code": unit_code,
        "period": period.code,
    }
    for row, (key, value) in enumerate(known.items()):
        page.write_string(row, 0, key)
        page.write_string(row, 1, value)
    page.protect()
    page.very_hidden()


def _printed(page: Worksheet, *, landscape: bool) -> None:
    if landscape:
        page.set_landscape()
    page.set_paper(9)
    page.set_margins(left=0.6, right=0.4, top=0.6, bottom=0.6)
    page.fit_to_pages(1, 0)
    page.set_footer("&C&P / &N")
