"""The page, parsed: every figure can be traced, nothing is fetched, and names stay words."""

import re
from typing import Any

import pytest
from lxml import etree, html

from reports.content.view import SUMMARY
from reports.page.html import render

Content = dict[str, Any]


def parsed(content: Content, language: Any = "vi") -> Any:
    return html.document_fromstring(render(content, language).decode())


def test_every_figure_of_the_tree_carries_the_id_that_trace_takes(province: Content) -> None:
    summary = [c for c in province["columns"] if c["breakdown"] is None and c["kind"] in SUMMARY]
    rows = parsed(province).get_element_by_id("tree").xpath("./tbody/tr")
    assert len(rows) == len(province["rows"])
    for element, row in zip(rows, province["rows"], strict=True):
        shown = element.xpath("./td[contains(@class,'figure')]")
        codes = ["submissions.counted", "submissions.expected", *(column["code"] for column in summary)]
        assert [cell.get("title") for cell in shown] == [f"2025Q1:{row['code']}:{code} --as-of 12345" for code in codes]
    top = {cell.get("title").split()[0].split(":")[2]: cell.text for cell in rows[0].xpath("./td[@title]")}
    assert top["members"] == f"{province['rows'][0]['values'][0]:,}".replace(",", ".")


def test_no_number_in_a_table_of_figures_is_without_an_id(province: Content) -> None:
    page = parsed(province)
    cells = page.xpath("//table[@aria-labelledby]/tbody//td[not(contains(@class, 'code'))]")
    numbers = [cell for cell in cells if re.search(r"\d", cell.text_content())]
    assert len(numbers) > 9_000
    assert all(re.fullmatch(r"2025Q1:[\w-]+:[\w.]+ --as-of 12345", cell.get("title") or "") for cell in numbers)


def test_the_breakdowns_show_the_figures_of_their_columns(province: Content) -> None:
    column = next(i for i, c in enumerate(province["columns"]) if c["code"] == "nominated.source_group.student")
    (cell,) = parsed(province).xpath("//td[@title='2025Q1:83:nominated.source_group.student --as-of 12345']")
    assert cell.text == str(province["rows"][0]["values"][column])


def test_the_page_needs_nothing_from_elsewhere(province: Content) -> None:
    page = parsed(province)
    assert page.xpath("//link | //img | //iframe | //script[@src] | //*[@srcset] | //a[@href]") == []
    written = render(province, "vi").decode()
    assert not re.search(r"(?:https?:)?//[a-z0-9.-]+\.[a-z]{2,}|url\(|@import", written)


def test_the_tree_is_whole_without_scripts(province: Content) -> None:
    tree = parsed(province).get_element_by_id("tree")
    assert tree.xpath(".//tr[@hidden]") == []
    assert len(tree.xpath("./tbody/tr/th[@scope='row']")) == len(province["rows"])
    assert tree.xpath("./thead//th[not(@scope)]") == []


def test_charts_show_the_steps_the_targets_and_completeness(province: Content) -> None:
    steps, aims, complete = parsed(province).xpath("//figure/svg")
    assert len(steps.xpath(".//rect[@class='step']")) == 7
    assert len(aims.xpath(".//rect[@class='done']")) == 9 + 1  # and the legend's
    assert len(complete.xpath(".//rect[@class='done']")) == 9
    widths = [float(rect.get("width")) for rect in steps.xpath(".//rect")]
    assert widths == sorted(widths, reverse=True)
    assert widths[0] == 300


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize(
    "name",
    [
        "<script>alert(1)</script>",
        '"><img src=x onerror=alert(1)>',
        "{{ 7*7 }}",
        "</style><b>",
        "]]>-->",
        "' onclick='x",
    ],
)
def test_a_hostile_name_is_only_words(name: str, language: str, small: Content) -> None:
    plain = parsed(small, language)
    for row in (small["rows"][0], small["rows"][1], small["rows"][-1]):
        row["name"] = name
    small["rows"][1]["code"] = name
    small["submissions"]["missing"] = [{"code": name, "name": name, "superior": name}]
    page = parsed(small, language)
    assert page.xpath("//h1")[0].text == name
    assert len(page.xpath("//script")) == len(plain.xpath("//script")) == 1
    assert page.xpath("//img | //b[not(parent::p)] | //@onclick | //@onerror") == []


def test_the_page_closes_all_that_it_opens(small: Content) -> None:
    text = render(small, "vi").decode()
    figures = re.findall(r"<figure>.*?</figure>", text, re.S)
    assert len(figures) == 3
    for figure in figures:
        etree.fromstring(figure)
