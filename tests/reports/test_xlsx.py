"""The workbook, opened again: figures, outline, headings on every page, and names that stay names."""

import io
from typing import Any

import openpyxl
import pytest
import python_calamine

from reports.workbook.tree import FIRST_ROW
from reports.workbook.xlsx import render

Content = dict[str, Any]
HEADING_ROWS = "$4:$6"


def opened(content: Content) -> Any:
    return openpyxl.load_workbook(io.BytesIO(render(content, "vi")))


def figures(sheet: Any) -> dict[tuple[str, str], Any]:
    """Unit code and column code to value, as a reader joins them."""
    codes = [cell.value for cell in sheet[FIRST_ROW]][2:]
    return {
        (row[1].value, code): cell.value
        for row in sheet.iter_rows(min_row=FIRST_ROW + 1)
        for code, cell in zip(codes, row[2:], strict=True)
    }


def test_every_figure_of_the_content_stands_in_the_workbook(province: Content) -> None:
    book = opened(province)
    found: dict[tuple[str, str], Any] = {}
    for name in book.sheetnames[:-2]:
        found |= figures(book[name])
    for row in province["rows"]:
        for column, value in zip(province["columns"], row["values"], strict=True):
            expected = float(value) if isinstance(value, str) else value
            assert found[row["code"], column["code"]] == expected
        counted = [found[row["code"], f"submissions.{key}"] for key in ("counted", "expected")]
        assert counted == row["returns"]
    assert len(found) == len(province["rows"]) * (len(province["columns"]) + 2) > 80_000


def test_another_reader_sees_the_same_numbers(province: Content) -> None:
    sheet = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(render(province, "vi"))).get_sheet_by_name(
        "Tổng hợp"
    )
    top = sheet.to_python()[FIRST_ROW]
    row = province["rows"][0]
    assert top[:5] == ["Tỉnh đoàn Bến Tre", "83", *row["returns"], row["values"][0]]


def test_rows_are_outlined_by_depth_with_totals_above_and_branches_folded(province: Content) -> None:
    sheet = opened(province)["Tổng hợp"]
    rows = [sheet.row_dimensions[FIRST_ROW + 1 + place] for place in range(len(province["rows"]))]
    assert [row.outlineLevel for row in rows] == [row["depth"] for row in province["rows"]]
    assert [bool(row.hidden) for row in rows] == [row["depth"] > 2 for row in province["rows"]]
    assert sheet.sheet_properties.outlinePr.summaryBelow is False


def test_headings_stay_in_view_and_repeat_on_every_printed_page(province: Content) -> None:
    book = opened(province)
    for name in book.sheetnames[:-2]:
        sheet = book[name]
        assert sheet.freeze_panes == "C7"
        assert sheet.print_title_rows == HEADING_ROWS
        assert sheet.print_title_cols == "$A:$B"
    for sheet in book:
        assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
        assert "&P/&N" in sheet.oddFooter.right.text
    assert book["Tổng hợp"].sheet_properties.pageSetUpPr.fitToPage
    assert (book["Tổng hợp"].page_setup.fitToWidth, book["Tổng hợp"].page_setup.fitToHeight) in [(1, 0), (None, 0)]


def test_a_breakdown_too_wide_for_a_page_has_an_indicator_a_page(province: Content) -> None:
    sheet = opened(province)["Nhóm nguồn"]
    assert len(sheet.col_breaks.brk) == 6
    assert not sheet.sheet_properties.pageSetUpPr.fitToPage
    assert 40 <= sheet.page_setup.scale <= 100


def test_everything_is_set_in_times_new_roman_and_the_total_is_bold(small: Content) -> None:
    sheet = opened(small)["Tổng hợp"]
    written = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.font.name for cell in written} == {"Times New Roman"}
    assert all(cell.font.bold for cell in sheet[FIRST_ROW + 1])
    assert not sheet.cell(FIRST_ROW + 3, 3).font.bold
    assert sheet.cell(FIRST_ROW + 1, 3).number_format == "[$-42A]#,##0"


def test_columns_are_wide_enough_for_their_largest_figure(small: Content) -> None:
    small["rows"][0]["values"][0] = 123_456_789_012
    assert opened(small)["Tổng hợp"].column_dimensions["E"].width >= len("123.456.789.012") + 1


@pytest.mark.parametrize(
    "name", ["=cmd|'/C calc'!A0", "+1+1", "@SUM(A1)", "http://x.example/", "<script>alert(1)</script>"]
)
def test_a_hostile_name_stays_text(name: str, small: Content) -> None:
    small["rows"][1]["name"] = small["unit"]["name"] = small["rows"][0]["name"] = name
    small["submissions"]["missing"] = [{"code": name, "name": name, "superior": name}]
    book = opened(small)
    cell = book["Tổng hợp"].cell(FIRST_ROW + 2, 1)
    assert (cell.value, cell.data_type, cell.hyperlink) == (name, "s", None)
    formulas = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
    assert formulas == []


def test_the_last_sheets_say_who_is_missing_and_where_the_figures_come_from(province: Content) -> None:
    book = opened(province)
    missing = list(book["Nộp báo cáo"].iter_rows(values_only=True))
    assert [row[2] for row in missing[15:]] == [entry["code"] for entry in province["submissions"]["missing"]]
    about = {row[0]: row[1] for row in book["Về báo cáo"].iter_rows(values_only=True) if row[0]}
    assert about["Sổ sự kiện đến vị trí"] == "12345"
    assert len(about["Mã nội dung (SHA-256)"]) == 64
    assert "nguon trace 2025Q1:83:identified" in about["Tra ngược một số liệu"]
    assert about["admitted_rate"] == "Kết nạp trên giới thiệu"
