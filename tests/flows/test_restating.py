"""What has changed since a report was issued: listed with its causes, and said in the report that takes its place."""

import json
from datetime import date
from io import BytesIO

import pytest
from docx import Document
from openpyxl import load_workbook

from events.errors import UsageError
from flows import reporting
from flows.restating import restate
from reports.content.compiling import COLUMNS, Content
from reports.render import render
from schemas.periods import parse
from tests.flows.checked_close import checked_close
from tests.flows.nguon import Nguon, filled
from tests.flows.office import Office
from tests.rows import AN, BINH, membership, vote

Q1 = parse("2025Q1")


def told(content: Content) -> dict[str, tuple[object, object]]:
    return {figure["code"]: (figure["before"], figure["now"]) for figure in content["restates"]["figures"]}


def test_a_restatement_names_each_figure_with_its_causes(office: Office) -> None:
    office.send({"nominees": [AN], "membership": membership(10)})
    with pytest.raises(UsageError, match="not_issued"):
        restate(office.context, "83", Q1)
    issued = checked_close(office.context, Q1)
    assert restate(office.context, "83", Q1).figures == ()
    office.send({"nominees": [AN, BINH], "steps": [vote(BINH, date(2025, 2, 2))], "membership": membership(12)})
    found = restate(office.context, "83", Q1)
    figures = {figure.code: figure for figure in found.figures}
    assert found.issued == issued.position
    assert (figures["voted"].issued, figures["voted"].now) == (0, 1)
    assert [(cause.kind, cause.value) for cause in figures["voted"].causes] == [("late", 1)]
    assert (figures["members"].issued, figures["members"].now) == (10, 12)
    assert sorted((cause.kind, cause.value) for cause in figures["members"].causes) == [
        ("correction", -10),
        ("correction", 12),
    ]
    for figure in found.figures:
        assert figure.causes, figure.code
        assert all(found.issued < position <= found.now for cause in figure.causes for position in cause.positions)


def test_a_figure_that_is_known_by_now_as_nothing_was_caused_by_the_return_that_says_so(office: Office) -> None:
    office.send({"nominees": [AN], "membership": membership(10)})
    checked_close(office.context, Q1)
    office.send({}, "28807-01")
    figures = {figure.code: figure for figure in restate(office.context, "28807", Q1).figures}
    assert (figures["voted"].issued, figures["voted"].now) == (None, 0)
    ((kind, change),) = {(cause.kind, cause.value) for cause in figures["voted"].causes}
    assert (kind, change) == ("decision", 0) and figures["voted"].causes[0].positions


def test_a_report_says_which_figures_of_the_one_before_it_no_longer_hold(office: Office) -> None:
    office.send({"nominees": [AN], "membership": membership(10)})
    first = checked_close(office.context, Q1)
    assert "restates" not in reporting.report(office.context, "83", Q1)
    office.send({"nominees": [AN, BINH], "steps": [vote(BINH, date(2025, 2, 2))], "membership": membership(12)})
    second = checked_close(office.context, Q1)
    content = reporting.report(office.context, "83", Q1)
    figures = told(content)
    assert content["restates"]["position"] == first.position
    assert (figures["identified"], figures["voted"], figures["members"]) == ((1, 2), (0, 1), (10, 12))
    explained = restate(office.context, "83", Q1, as_of=second.position, issued_from=first.position)
    main = {column["code"] for column in COLUMNS if not column["breakdown"]}
    assert set(figures) == {figure.code for figure in explained.figures} & main
    assert told(reporting.report(office.context, "28756-02", Q1)) == {}
    assert "restates" not in reporting.report(office.context, "83", Q1, as_of=first.position)


def test_every_format_shows_what_was_restated_and_how_to_ask_why(office: Office) -> None:
    office.send({"membership": membership(10)})
    first = checked_close(office.context, Q1)
    office.send({"membership": membership(12)})
    second = checked_close(office.context, Q1)
    content, command = (
        reporting.report(office.context, "83", Q1),
        f"--issued {first.position} --as-of {second.position}",
    )
    assert f"nguon changes 83 2025Q1 {command}" in render(content, "html", "en").decode()
    document = Document(BytesIO(render(content, "docx", "en")))
    assert any(command in paragraph.text for paragraph in document.paragraphs)
    (table,) = [table for table in document.tables if table.rows[0].cells[-1].text == "Now"]
    assert ["10", "12"] in [[cell.text for cell in row.cells[-2:]] for row in table.rows]
    sheet = load_workbook(BytesIO(render(content, "xlsx", "en")))["Restated"]
    assert ("members", 10, 12) in [row[2:5] for row in sheet.iter_rows(values_only=True)]
    assert render(content, "pdf", "en").startswith(b"%PDF")


def test_the_command_lists_old_and_new_values_and_causes(nguon: Nguon) -> None:
    book = nguon.home / "book.xlsx"
    assert nguon("template", "T-1-1-1", "2025Q1", "--output", book).returncode == 0
    filled(book, 10)
    assert nguon("submit", book).returncode == 0
    assert nguon("changes", "T", "2025Q1").returncode == 2
    closed = nguon("close", "2025Q1", "--json")
    assert closed.returncode == 0, closed.stderr
    same = nguon("changes", "T", "2025Q1", "--json")
    assert same.returncode == 0, same.stderr
    assert json.loads(same.stdout)["figures"] == []
    filled(book, 12)
    assert nguon("submit", book).returncode == 0
    found = nguon("changes", "T", "2025Q1", NGUON_LANG="en")
    assert found.returncode == 0, found.stderr
    assert [word for line in found.stdout.splitlines() if line.split()[:1] == ["members"] for word in line.split()][
        1:3
    ] == ["10", "12"]
    issued = json.loads(same.stdout)["issued"]
    assert nguon("close", "2025Q1").returncode == 0
    again = json.loads(nguon("changes", "T", "2025Q1", "--issued", issued, "--json").stdout)
    assert {figure["code"]: (figure["issued"], figure["now"]) for figure in again["figures"]}["members"] == (10, 12)
    assert nguon("changes", "T", "2025Q1", "--issued", 1).returncode == 2
