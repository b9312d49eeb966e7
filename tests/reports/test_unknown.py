"""What nobody reported looks otherwise than zero in every format, and says what the figures rest on."""

import io
from typing import Any

import docx
import openpyxl
from lxml import html

from reports.render import render
from reports.workbook.tree import FIRST_ROW

Content = dict[str, Any]


def silent(content: Content) -> Content:
    """The first district reported nothing, and the next one that there was nothing."""
    rows = content["rows"]
    heads = [place for place, row in enumerate(rows) if row["depth"] == 1]
    for row in rows[heads[0] : heads[1]]:
        row["values"], row["returns"] = [None] * len(row["values"]), [0, row["returns"][1]]
    for row in rows[heads[1] : heads[2]]:
        row["values"] = [0 if isinstance(value, int) else value for value in row["values"]]
    return content


def test_the_page_shows_a_dash_where_nobody_reported(small: Content) -> None:
    page = html.document_fromstring(render(silent(small), "html", "vi").decode())
    cells = {cell.get("title"): cell for cell in page.xpath("//table[@id='tree']//td[@title]")}
    unknown, nothing = (cells[f"2025Q1:{code}:nominated --as-of 12345"] for code in ("829", "831"))
    assert (unknown.text, nothing.text) == ("–", "0")
    assert "unknown" in unknown.get("class") and "unknown" not in nothing.get("class")
    words = page.xpath("//p[@class='coverage']")[0].text_content()
    counted, owed = small["rows"][0]["returns"]
    assert f"Tổng hợp từ {counted}/{owed} báo cáo" in words and "chưa có báo cáo" in words


def test_the_workbook_leaves_the_cell_empty_where_nobody_reported(small: Content) -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(render(silent(small), "xlsx", "vi")))["Tổng hợp"]
    codes = [cell.value for cell in sheet[FIRST_ROW]]
    found = {row[1].value: row[codes.index("nominated")].value for row in sheet.iter_rows(min_row=FIRST_ROW + 1)}
    assert (found["829"], found["831"]) == (None, 0)
    assert "Ô trống: chưa có báo cáo" in sheet["A3"].value


def test_the_document_has_a_dash_and_what_each_unit_rests_on(small: Content) -> None:
    document = docx.Document(io.BytesIO(render(silent(small), "docx", "vi")))
    rows = [[cell.text for cell in row.cells] for table in document.tables for row in table.rows]
    district = next(row for row in rows if row[0] == "Thành đoàn Bến Tre (829)")
    assert district[1] == f"0/{small['rows'][1]['returns'][1]}" and set(district[2:]) == {"–"}
    words = " ".join(paragraph.text for paragraph in document.paragraphs)
    assert "chưa có báo cáo" in words and "Tổng hợp từ " in words


def test_a_unit_of_which_nothing_is_known_says_so_in_its_document(small: Content) -> None:
    small["rows"][0]["values"] = [None] * len(small["columns"])
    document = docx.Document(io.BytesIO(render(small, "docx", "vi")))
    words = " ".join(paragraph.text for paragraph in document.paragraphs)
    assert "Chưa có báo cáo nào của Tỉnh đoàn Bến Tre" in words and "– đoàn viên" not in words


def test_in_days_for_which_no_return_is_owed_every_format_says_so(small: Content) -> None:
    for row in small["rows"]:
        row["returns"] = None
    small["period"] |= {"code": "2025-02-10..2025-03-15", "kind": "range", "first": "2025-02-10", "last": "2025-03-15"}
    small["tree_on"] = "2025-03-15"
    small["submissions"] = dict.fromkeys(small["submissions"]) | {"missing": []}
    said = "không có báo cáo nào phải nộp"
    assert said in render(small, "html", "vi").decode()
    document = docx.Document(io.BytesIO(render(small, "docx", "vi")))
    assert said in " ".join(paragraph.text for paragraph in document.paragraphs)
    assert said in openpyxl.load_workbook(io.BytesIO(render(small, "xlsx", "vi")))["Tổng hợp"]["A2"].value
    assert len(render(small, "pdf", "vi")) > 1000


def test_a_report_on_another_tree_says_what_was_issued_and_traces_on_that_tree(small: Content) -> None:
    small |= {"tree_on": "2026-01-01", "status": "preliminary", "issued": {"position": 77, "on": "2025-04-10"}}
    line = small["rows"][2]
    line["undecidable"] = True
    page = html.document_fromstring(render(small, "html", "vi").decode())
    commands = [cell.get("title") for cell in page.xpath("//td[@title]")]
    assert all(command.endswith(" --as-of 12345 --tree-on 2026-01-01") for command in commands)
    assert any(command.startswith(f"2025Q1:{line['id']}:") for command in commands)
    assert not any(command.startswith(f"2025Q1:{line['code']}:") for command in commands)
    said = page.xpath("//p[@class='issued']")[0].text
    assert "vị trí 77" in said and "10/04/2025" in said
    assert "chưa chốt" not in page.text_content()
    book = openpyxl.load_workbook(io.BytesIO(render(small, "xlsx", "vi")))
    about = [cell for row in book["Về báo cáo"].iter_rows(values_only=True) for cell in row if cell]
    assert said in about
    assert any(f"nguon trace 2025Q1:{line['id']}:" in str(cell) for cell in about)
    small["issued"] = None
    assert "chưa phát hành" in render(small, "html", "vi").decode()
