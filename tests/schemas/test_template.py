"""A template opens elsewhere as it was meant: lists, locks, hidden sheets, and a leading zero that stays."""

from datetime import date
from functools import cache
from io import BytesIO

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.utils.datetime import to_excel
from openpyxl.worksheet.cell_range import MultiCellRange
from openpyxl.worksheet.datavalidation import DataValidation
from python_calamine import CalamineWorkbook, SheetVisibleEnum

from schemas.forms.family import FORMS, newest
from schemas.forms.form import (
    COVER_ROWS,
    COVER_SHEET,
    EARLIEST_DATE,
    FIRST_ROW,
    HEADING_ROW,
    IDENTITY_SHEET,
    Column,
    Form,
    Sheet,
)
from schemas.forms.quarterly import QUARTERLY
from schemas.periods import Period, parse
from schemas.templates.rules import VOCABULARY_SHEET
from schemas.templates.template import workbook

UNIT = "0197d2a0-0000-7000-8000-000000000001"
PERIOD = parse("2025Q1")
ROWS = {
    "nominees": [
        {
            "identity": "083201001234",
            "name": "Huỳnh Thị Ngọc Ẩn",
            "birth_date": date(2001, 2, 3),
            "sex": "Nữ",
            "ethnic_minority": "Không",
            "source_group": "Y tế",
            "on": date(2025, 1, 5),
        },
        {},
        {"identity": 83201001235, "birth_date": "31/02/2000", "sex": "Nữ giới"},
    ],
    "steps": [{"identity": "083201001234", "step": "Chi đoàn biểu quyết", "on": date(2025, 2, 1), "total": 20}],
}


def made(**changes: object) -> bytes:
    details = {"unit_id": UNIT, "unit_code": "28756-01", "unit_name": "Chi đoàn ấp 1", "period": PERIOD} | changes
    return workbook(QUARTERLY, **details)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def opened() -> Workbook:
    return load_workbook(BytesIO(made(rows=ROWS)))


def validation(opened: Workbook, sheet: Sheet, column: Column) -> DataValidation:
    cells = f"{sheet.cell(column.key, FIRST_ROW)}:{sheet.cell(column.key, FIRST_ROW + sheet.capacity - 1)}"
    rules = opened[sheet.title].data_validations.dataValidation
    return next(rule for rule in rules if rule.sqref == MultiCellRange(cells))


SHEETS = [(form, sheet) for form in FORMS.values() for sheet in form.sheets]
COLUMNS = [(form, sheet, column) for form, sheet in SHEETS for column in sheet.columns]


def period_of(form: Form) -> Period:
    return PERIOD if form.duty.periods == "quarter" else parse("2025")


@cache
def empty(form: Form) -> Workbook:
    """The template of a form, without rows but for those that are always there."""
    return load_workbook(BytesIO(workbook(form, UNIT, "829", "Thành đoàn", period_of(form))))


def test_the_same_contents_give_the_same_bytes() -> None:
    assert made(rows=ROWS) == made(rows=ROWS)
    assert made(rows=ROWS) != made()


def test_the_very_hidden_sheet_names_form_unit_and_period() -> None:
    book = CalamineWorkbook.from_filelike(BytesIO(made()))
    hidden = {row[0]: row[1] for row in book.get_sheet_by_name(IDENTITY_SHEET).to_python()}
    assert hidden == {
        "form": "branch-quarterly",
        "version": "1",
        "unit": UNIT,
        "unit_code": "28756-01",
        "period": "2025Q1",
    }
    visible = {sheet.name: sheet.visible for sheet in book.sheets_metadata}
    assert visible[IDENTITY_SHEET] == SheetVisibleEnum.VeryHidden
    assert visible[VOCABULARY_SHEET] == SheetVisibleEnum.Hidden
    assert visible[COVER_SHEET] == SheetVisibleEnum.Visible


def test_the_cover_shows_unit_and_period(opened: Workbook) -> None:
    cover = opened[COVER_SHEET]
    assert cover.cell(COVER_ROWS["unit_code"], 2).value == "28756-01"
    assert cover.cell(COVER_ROWS["unit_name"], 2).value == "Chi đoàn ấp 1"
    assert cover.cell(COVER_ROWS["period"], 2).value == "2025Q1"
    assert "20/03/2025" in " ".join(str(row[0]) for row in cover.iter_rows(min_row=8, values_only=True))


def test_values_come_back_as_they_were_given() -> None:
    sheet = QUARTERLY.sheet("nominees")
    book = CalamineWorkbook.from_filelike(BytesIO(made(rows=ROWS)))
    read = book.get_sheet_by_name(sheet.title).to_python(skip_empty_area=False)
    assert read[HEADING_ROW - 1] == [column.title.vi for column in sheet.columns]
    assert read[FIRST_ROW - 1] == list(ROWS["nominees"][0].values())
    assert set(read[FIRST_ROW]) == {""}
    assert read[FIRST_ROW + 1][:4] == [83201001235.0, "", "31/02/2000", "Nữ giới"]


@pytest.mark.parametrize(("form", "sheet", "column"), COLUMNS)
def test_every_column_is_checked_over_its_own_rows_only(form: Form, sheet: Sheet, column: Column) -> None:
    opened = empty(form)
    if column.kind == "shown":
        cells = opened[sheet.title].column_dimensions
        assert next(
            area for area in cells.values() if area.min <= sheet.columns.index(column) + 1 <= area.max
        ).protection.locked
        return
    rule = validation(opened, sheet, column)
    assert rule.prompt == column.help.vi
    if column.vocabulary:
        assert rule.type == "list"
        listed = opened[VOCABULARY_SHEET][rule.formula1.split("!")[1].replace("$", "")]
        assert [cell.value for (cell,) in listed] == column.vocabulary.titles()
    elif column.kind == "date":
        assert (rule.type, rule.operator) == ("date", None)
        assert [int(rule.formula1), int(rule.formula2)] == [
            to_excel(day) for day in (EARLIEST_DATE, period_of(form).last)
        ]
    elif column.kind == "integer":
        assert (rule.type, rule.formula1, rule.formula2) == ("whole", "0", str(column.maximum))


def test_steps_offer_the_nominees_but_let_people_of_earlier_periods_in(opened: Workbook) -> None:
    steps, nominees = QUARTERLY.sheet("steps"), QUARTERLY.sheet("nominees")
    rule = validation(opened, steps, steps.column("identity"))
    assert rule.formula1 == f"'{nominees.title}'!$A${FIRST_ROW}:$A${FIRST_ROW + nominees.capacity - 1}"
    assert rule.errorStyle == "warning"


@pytest.mark.parametrize(("form", "sheet"), SHEETS)
def test_headings_are_locked_and_data_cells_are_not(form: Form, sheet: Sheet) -> None:
    page = empty(form)[sheet.title]
    assert page.protection.sheet and not page.protection.password
    assert page.freeze_panes == f"B{FIRST_ROW}"
    for index, column in enumerate(sheet.columns, start=1):
        fixed = column.kind == "shown" or (sheet.prefilled and index == 1)
        assert page.cell(HEADING_ROW, index).protection.locked
        written = page.cell(FIRST_ROW, index)
        unwritten = next(area for area in page.column_dimensions.values() if area.min <= index <= area.max)
        locked = (written if written.has_style else unwritten).protection.locked
        assert locked == fixed, column.key


def test_identity_numbers_typed_into_empty_cells_keep_their_leading_zero(opened: Workbook) -> None:
    for key in ("nominees", "steps"):
        assert opened[QUARTERLY.sheet(key).title].column_dimensions["A"].number_format == "@"


@pytest.mark.parametrize("form", FORMS.values(), ids=lambda form: form.key)
def test_prefilled_sheets_list_their_vocabulary(form: Form) -> None:
    opened = empty(form)
    for sheet in (sheet for sheet in form.sheets if sheet.prefilled):
        vocabulary = sheet.columns[0].vocabulary
        assert vocabulary
        rows = range(FIRST_ROW, FIRST_ROW + sheet.capacity)
        assert [opened[sheet.title].cell(row, 1).value for row in rows] == vocabulary.titles()


@pytest.mark.parametrize(
    ("form", "due"), [("branch-quarterly", "20/03/2025"), ("yearly-plan", "15/01/2025"), ("rating", "15/01/2026")]
)
def test_the_cover_says_by_when_and_speaks_of_identity_numbers_where_there_are_any(form: str, due: str) -> None:
    told = " ".join(str(row[0]) for row in empty(newest(form))[COVER_SHEET].iter_rows(min_row=8, values_only=True))
    assert due in told
    assert ("Số định danh" in told) == (form == "branch-quarterly")


def test_an_unknown_column_is_an_error() -> None:
    with pytest.raises(KeyError, match="shoe_size"):
        made(rows={"nominees": [{"shoe_size": 41}]})


def test_the_english_template_offers_english_words() -> None:
    opened = load_workbook(BytesIO(made(language="en")))
    assert opened[VOCABULARY_SHEET]["A2"].value == "Female"
