"""Reading cells: what stands far away costs nothing, and what belongs to no form is not read."""

from io import BytesIO
from zipfile import ZipFile

import pytest
from openpyxl import Workbook as Book
from openpyxl import load_workbook

from schemas.forms.quarterly import QUARTERLY
from schemas.gate import cells, workbook
from schemas.periods import parse
from schemas.templates.template import workbook as template
from tests.rows import AN, membership

UNIT = "019a0000-0000-7000-8000-000000000001"
LAST = "XFD1048576"


def written(**cells_of: object) -> bytes:
    """A filled template with more in it: `NOMINEES__A9=…` is cell A9 of the nominees' sheet."""
    rows = {"nominees": [AN], "membership": membership(10)}
    content = template(QUARTERLY, UNIT, "28756-01", "Chi đoàn 1", parse("2025Q1"), rows)
    book = load_workbook(BytesIO(content))
    for place, value in cells_of.items():
        key, _, cell = place.partition("__")
        book[QUARTERLY.sheet(key.lower()).title if key != "OTHER" else _other(book)][cell] = value
    target = BytesIO()
    book.save(target)
    return target.getvalue()


def _other(book: Book) -> str:
    if "Ghi chú" not in book.sheetnames:
        book.create_sheet("Ghi chú")
    return "Ghi chú"


def understood(content: bytes) -> workbook.Workbook:
    found = cells.read(content, "form")
    assert found
    return workbook.understand(found.sheets, "s", found.far)


PLAIN = understood(written())


@pytest.mark.parametrize(
    "stray",
    [
        {f"NOMINEES__{LAST}": " "},
        {"NOMINEES__A1048576": " "},
        {"STEPS__ZZ60000": "  "},
        {"NOMINEES__AB4": "a note beside the table"},
        {f"OTHER__{LAST}": "anything"},
        {"OTHER__A1048576": "anything", "NOMINEES__A1048576": " "},
    ],
)
def test_a_cell_far_from_the_form_changes_nothing(stray: dict[str, object]) -> None:
    assert PLAIN.rows["nominees"]
    assert understood(written(**stray)) == PLAIN


def test_a_row_that_is_filled_far_below_the_table_is_a_finding() -> None:
    found = understood(written(NOMINEES__A1048576="083204001234")).findings
    assert [(finding.code, finding.sheet) for finding in found] == [("sheet.too_long", "nominees")]


def test_only_the_sheets_that_are_asked_for_are_read() -> None:
    content = written(OTHER__A1="a note")
    expected = {
        "cover": {"Thông tin", "_nguon"},
        "form": {"Thông tin", "_nguon", *(sheet.title for sheet in QUARTERLY.sheets)},
        "all": set(load_workbook(BytesIO(content)).sheetnames),
    }
    for scope, titles in expected.items():
        found = cells.read(content, scope)  # type: ignore[arg-type]
        assert found and found.sheets.keys() == titles


@pytest.mark.parametrize("place", ["AB2", "XFD2", "B1048576", LAST])
def test_where_everything_is_asked_for_no_cell_is_left_out_and_rows_stay_together(place: str) -> None:
    row = place.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    found = cells.read(written(**{f"OTHER__A{row}": "NGUYỄN VĂN AN", f"OTHER__{place}": 83204001234}), "all")
    assert found and not found.far
    assert [[cell for cell in row if cell] for row in found.sheets["Ghi chú"] if any(row)] == [
        ["NGUYỄN VĂN AN", "83204001234"]
    ]
    assert AN["name"] in {cell for row in found.sheets[QUARTERLY.sheet("nominees").title] for cell in row}


def test_two_sheets_whose_titles_differ_in_nothing_but_space_are_both_read() -> None:
    book, target = Book(), BytesIO()
    for title, value in (("list", "one"), ("list ", "two")):
        book.create_sheet(title).append([value])
    book.save(target)
    found = cells.read(target.getvalue(), "all")
    assert found and [found.sheets[title] for title in ("list", "list ")] == [[["one"]], [["two"]]]


def test_what_unpacks_to_more_than_any_form_is_not_unpacked() -> None:
    bomb = BytesIO()
    with ZipFile(bomb, "w", compression=8) as archive:
        for part in range(3):
            archive.writestr(f"xl/worksheets/sheet{part}.xml", bytes(cells.UNPACKED_LIMIT // 2))
    with pytest.raises(cells.Exhausting):
        cells.read(bomb.getvalue(), "form")
