"""A form that is a folder and nothing else goes the whole way; so do two versions of it, side by side."""

import json
import os
import shutil
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest
from openpyxl import load_workbook

from tests.flows.conftest import new_home
from tests.flows.nguon import ROOT, UNITS, Nguon

FORMS = ROOT / "tests" / "forms_added"

SECOND = """
from dataclasses import replace

from schemas.forms.form import Column

NOTE = Column("note", Text("Ghi chú", "Note"), "shown", Text("Không điền.", "Leave it."))

VERSIONS = (
    CENSUS,
    replace(
        CENSUS,
        version=2,
        sheets=(
            replace(COUNTED, title="Đoàn viên", columns=(COUNTED.columns[0], NOTE, COUNTED.columns[1])),
            replace(MEETINGS, title="Các buổi", columns=(*MEETINGS.columns[1:], MEETINGS.columns[0])),
        ),
    ),
)
"""
"""What an office writes below the first version: other titles, and the cells that tell facts lie elsewhere."""


class Desk:
    """The command line with folders of forms on Python's path."""

    def __init__(self, nguon: Nguon, *forms: Path) -> None:
        self._nguon, self._path = nguon, os.pathsep.join(map(str, (ROOT, *forms)))

    def run(self, *words: object) -> CompletedProcess[str]:
        """Run a command line."""
        return self._nguon(*words, PYTHONPATH=self._path)

    def ask(self, *words: object, exit_code: int = 0) -> Any:
        """What a command line tells machines."""
        told = self.run(*words, "--json")
        assert told.returncode == exit_code, told.stderr + told.stdout
        return json.loads(told.stdout or told.stderr)


@pytest.fixture
def nguon() -> Nguon:
    """A home of its own that is ready."""
    made = new_home()
    assert made("init").returncode == 0
    (made.home / "units.csv").write_text(UNITS, encoding="utf-8")
    assert made("units", "load", made.home / "units.csv").returncode == 0
    return made


def fill(
    path: Path, numbers: tuple[str, str], values: tuple[int, ...], meetings: str, rows: list[list[object]]
) -> None:
    """Fill in a template: values down a column of the sheet of numbers, rows on the sheet of meetings."""
    book = load_workbook(path)
    sheet, column = numbers
    for row, value in enumerate(values, start=4):
        book[sheet][f"{column}{row}"] = value
    for row, cells in enumerate(rows, start=4):
        for place, value in enumerate(cells, start=1):
            book[meetings].cell(row, place, value)
    book.save(path)


def facts(figure: dict[str, Any]) -> list[tuple[object, ...]]:
    """Of each fact of a traced figure: unit, value, form, version, sheet, cell."""
    (part,) = figure["parts"]
    keys = ("unit", "value", "form", "form_version", "sheet", "cell")
    return [tuple(fact[key] for key in keys) for fact in part["facts"]]


def test_a_form_that_is_only_a_folder_goes_from_its_template_to_the_cell_behind_a_figure(
    nguon: Nguon, tmp_path: Path
) -> None:
    bare, desk = Desk(nguon), Desk(nguon, FORMS)
    path = tmp_path / "census.xlsx"
    refused = bare.ask("template", "T-1-1-1", "2025H1", "--output", path, exit_code=2)
    assert refused["error"] == "form_owed_none"

    owed = desk.ask("template", "T-1-1-1", "2025H1", "--output", path)
    assert (owed["form"], owed["due"]) == ("census", "2025-07-10")
    cover = " ".join(str(cell) for row in load_workbook(path)["Thông tin"].values for cell in row if cell)
    assert "Kiểm kê đoàn viên sáu tháng" in cover
    assert "trước hết ngày 10/07/2025" in cover
    meeting: list[object] = ["Sinh hoạt chuyên đề", "05/06/2025", 25]
    fill(path, ("Kiểm kê đoàn viên", "B"), (30, 31, 0, 60, 1, 0), "Buổi kiểm kê", [meeting])

    wrong = desk.ask("submit", path, "--received", "2025-07-02", exit_code=1)
    (found,) = wrong["submissions"][0]["findings"]
    assert (found["code"], found["sheet"], found["cell"]) == ("membership.part_above_total", "Kiểm kê đoàn viên", "B5")
    traced = desk.run("trace", wrong["submissions"][0]["submission"]).stdout
    assert "Kiểm kê đoàn viên sáu tháng" in traced, "the form"
    assert "B5" in traced

    fill(path, ("Kiểm kê đoàn viên", "B"), (30, 12), "Buổi kiểm kê", [])
    sent = desk.ask("submit", path, "--received", "2025-07-04")
    assert (sent["submissions"][0]["valid"], sent["submissions"][0]["form"]) == (True, "census")

    status = desk.ask("status", "2025H1", "--unit", "T-1-1")
    assert {"period": "2025H1", "form": "census", "due": "2025-07-10"} in status["due"]
    assert {(one["code"], one["state"]) for one in status["returns"] if one["form"] == "census"} == {
        ("T-1-1-1", "on_time"),
        ("T-1-1-2", "missing"),
    }

    assert desk.ask("close", "2025H1")["reports"] == 10, "what the gate takes passes every check"
    written = tmp_path / "report.json"
    assert desk.run("report", "T-1-1", "2025H1", "--format", "json", "--output", written).returncode == 0
    report = json.loads(written.read_bytes())
    values = dict(zip((column["code"] for column in report["columns"]), report["rows"][0]["values"], strict=True))
    assert (values["members"], values["members_female"], values["activity.theme_meeting"]) == (30, 12, 1)

    members = desk.ask("trace", "2025H1:T:members")
    assert (members["value"], members["status"]) == (30, "official")
    assert facts(members) == [("T-1-1-1", 30, "census", 1, "membership", "B4")]
    held = desk.ask("trace", "2025H1:T:activity.theme_meeting.participants")
    assert facts(held) == [("T-1-1-1", 25, "census", 1, "activities", "A4")]
    shown = desk.run("trace", held["parts"][0]["facts"][0]["position"]).stdout
    assert "Buổi kiểm kê" in shown and "A4" in shown


def test_a_second_version_lives_beside_the_first_and_each_fact_keeps_its_cell(nguon: Nguon, tmp_path: Path) -> None:
    first, path = Desk(nguon, FORMS), tmp_path / "census.xlsx"
    assert first.ask("template", "T-1-1-1", "2025H1", "--output", path)["form"] == "census"
    old = path.read_bytes()
    fill(path, ("Kiểm kê đoàn viên", "B"), (30, 12, 0, 60, 1, 0), "Buổi kiểm kê", [])
    assert first.ask("submit", path, "--received", "2025-07-04")["valid"] == 1

    shutil.copytree(FORMS, tmp_path / "forms")
    with (tmp_path / "forms" / "schemas" / "forms" / "census" / "__init__.py").open("a", encoding="utf-8") as written:
        written.write(SECOND)
    both = Desk(nguon, tmp_path / "forms")
    path.unlink()
    both.ask("template", "T-1-1-1", "2025H2", "--output", path)
    meeting: list[object] = ["05/12/2025", 25, "Sinh hoạt chuyên đề"]
    fill(path, ("Đoàn viên", "C"), (33, 40, 0, 60, 1, 0), "Các buổi", [meeting])
    wrong = both.ask("submit", path, "--received", "2026-01-03", exit_code=1)
    (found,) = wrong["submissions"][0]["findings"]
    assert (found["sheet"], found["cell"]) == ("Đoàn viên", "C5")
    fill(path, ("Đoàn viên", "C"), (33, 14), "Các buổi", [])
    assert both.ask("submit", path, "--received", "2026-01-04")["valid"] == 1

    assert facts(both.ask("trace", "2025H1:T:members")) == [("T-1-1-1", 30, "census", 1, "membership", "B4")]
    assert facts(both.ask("trace", "2025H2:T:members")) == [("T-1-1-1", 33, "census", 2, "membership", "C4")]
    meetings = both.ask("trace", "2025H2:T:activity.theme_meeting")
    assert facts(meetings) == [("T-1-1-1", 1, "census", 2, "activities", "C4")]
    for period, sheet, cell in (("2025H1", "Kiểm kê đoàn viên", "B4"), ("2025H2", "Đoàn viên", "C4")):
        position = both.ask("trace", f"{period}:T:members")["parts"][0]["facts"][0]["position"]
        shown = both.run("trace", position).stdout
        assert sheet in shown and f" {cell} " in shown

    # A template of the first version that somebody still has goes the whole way, too: a revision, in its own cells.
    path.write_bytes(old)
    fill(path, ("Kiểm kê đoàn viên", "B"), (31, 12, 0, 60, 1, 0), "Buổi kiểm kê", [])
    assert both.ask("submit", path, "--received", "2026-01-05")["valid"] == 1
    assert facts(both.ask("trace", "2025H1:T:members")) == [("T-1-1-1", 31, "census", 1, "membership", "B4")]
