"""The document in the Union's form, opened again."""

import io
from typing import Any

import docx
import pytest
from docx.oxml.ns import qn
from docx.shared import Mm

from reports.document.docx import render

Content = dict[str, Any]


def opened(content: Content) -> Any:
    return docx.Document(io.BytesIO(render(content, "vi")))


def words(document: Any) -> str:
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


def test_the_page_is_that_of_the_form(province: Content) -> None:
    section = opened(province).sections[0]
    near = pytest.approx
    assert (section.page_width, section.page_height) == (near(Mm(210), abs=700), near(Mm(297), abs=700))
    margins = (section.top_margin, section.bottom_margin, section.right_margin, section.left_margin)
    assert margins == tuple(near(Mm(wide), abs=700) for wide in (20, 20, 20, 30))


def test_the_body_is_times_new_roman_fourteen_in_every_script(province: Content) -> None:
    normal = opened(province).styles["Normal"]
    assert normal.font.size.pt == 14
    fonts = normal.element.rPr.rFonts
    assert {fonts.get(qn(f"w:{script}")) for script in ("ascii", "hAnsi", "cs", "eastAsia")} == {"Times New Roman"}
    assert len(fonts.attrib) == 4


def test_letterhead_closing_signature_and_recipients_follow_the_form(province: Content) -> None:
    document = opened(province)
    head, *_, foot = document.tables
    assert head.cell(0, 0).text == "TỈNH ĐOÀN BẾN TRE\n***\nSố: ……-BC/TĐTN-TCKT"
    assert head.cell(0, 1).text == "ĐOÀN TNCS HỒ CHÍ MINH\nBến Tre, ngày …… tháng …… năm ………"
    assert [p.text for p in document.paragraphs if p.text][-1].endswith("của Tỉnh đoàn Bến Tre./.")
    assert foot.cell(0, 1).text.strip() == "TM. BAN THƯỜNG VỤ\nBÍ THƯ"
    recipients = [
        "Ban Tổ chức Tỉnh ủy",
        "Ban Dân vận Tỉnh ủy",
        "Ban Thường vụ Tỉnh đoàn",
        "Ban Tổ chức - Kiểm tra Tỉnh đoàn",
    ]
    assert foot.cell(0, 0).text == "\n".join(["Nơi nhận:", *(f"- {name}," for name in recipients), "- Lưu."])


def test_a_unit_below_stands_under_its_superior(small: Content) -> None:
    small["superior"], small["recipients"] = {"code": "83", "name": "Tỉnh đoàn Bến Tre"}, []
    small["unit"] |= {"level": 2, "name": "Thành đoàn Bến Tre"}
    small["rows"][0]["name"] = "Thành đoàn Bến Tre"
    head, *_, foot = opened(small).tables
    assert head.cell(0, 0).text == "TỈNH ĐOÀN BẾN TRE\nTHÀNH ĐOÀN BẾN TRE\n***\nSố: ……-BC/ĐTN"
    assert "- Tỉnh đoàn Bến Tre," in foot.cell(0, 0).text


def test_headings_of_tables_repeat_and_rows_stay_whole(province: Content) -> None:
    tables = opened(province).tables[1:-1]
    assert len(tables) == 8
    for table in tables:
        assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
        assert all(row._tr.trPr.find(qn("w:cantSplit")) is not None for row in table.rows)


def test_the_figures_stand_against_their_targets(province: Content) -> None:
    place = {column["code"]: index for index, column in enumerate(province["columns"])}
    top = province["rows"][0]["values"]
    rows = {row.cells[2].text: [cell.text for cell in row.cells] for row in opened(province).tables[1].rows}
    assert rows["members"][3] == f"{top[place['members']]:,}".replace(",", ".")
    share = top[place["admitted_share"]].replace(".", ",")
    aim = f"{top[place['target.admitted']]:,}".replace(",", ".")
    assert rows["admitted"][3:] == [str(top[place["admitted"]]), str(top[place["admitted.year"]]), aim, share]
    assert "admitted_share" not in rows
    assert rows["admitted_rate"][3] == top[place["admitted_rate"]].replace(".", ",") + "%"


def test_units_directly_below_and_the_parts_of_each_breakdown_are_listed(province: Content) -> None:
    below, parts = opened(province).tables[2:4]
    children = [row for row in province["rows"] if row["depth"] == 1]
    assert [row.cells[0].text for row in below.rows][2:] == [f"{row['name']} ({row['code']})" for row in children]
    titles = [row.cells[0].text for row in parts.rows]
    assert titles[1:6] == ["Tổng số", "Giới tính", "Nữ", "Nam", "Dân tộc thiểu số"]
    assert len(titles) == 18


def test_a_short_list_of_missing_units_is_printed_and_a_long_one_counted(province: Content) -> None:
    total = len(province["submissions"]["missing"])
    assert f"Danh sách đầy đủ {total} đơn vị chưa nộp" in words(opened(province))
    province["submissions"]["missing"] = province["submissions"]["missing"][:3]
    listed = opened(province).tables[-3]
    assert [row.cells[0].text for row in listed.rows] == ["TT", "1", "2", "3"]


def test_every_page_says_what_content_it_comes_from(province: Content) -> None:
    section = opened(province).sections[0]
    for footer in (section.first_page_footer, section.footer):
        assert footer.paragraphs[0].text.startswith("Kỳ 2025Q1 · Sổ sự kiện đến vị trí 12345 · Mã nội dung ")


def test_only_a_preliminary_report_says_that_it_is(small: Content) -> None:
    assert "Số liệu sơ bộ" not in words(opened(small))
    small["status"] = "preliminary"
    assert "(Số liệu sơ bộ, kỳ báo cáo chưa chốt)" in words(opened(small))


def test_a_hostile_name_is_only_words(small: Content) -> None:
    small["rows"][1]["name"] = '<w:p/>&amp;{DDEAUTO c:\\\\cmd "x"}'
    document = opened(small)
    assert small["rows"][1]["name"] in words(document)
    instructions = [element.text for element in document.element.iter(qn("w:instrText"))]
    assert instructions == []
