"""`nguon template` writes the form that a unit owes for a kind of period, and says what it owes where none fits."""

import json
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import load_workbook

from schemas.forms.activities import ACTIVITIES
from schemas.forms.form import FIRST_ROW, IDENTITY_SHEET
from schemas.forms.plan import PLAN
from schemas.forms.quarterly import QUARTERLY
from schemas.forms.rating import RATING
from tests.flows.nguon import Nguon


@pytest.mark.parametrize(
    ("unit", "period", "form", "due"),
    [
        ("T-1-1-1", "2025Q3", QUARTERLY, "2025-09-20"),
        ("T-1-1-1", "2026", PLAN, "2026-01-15"),
        ("T-1-1", "2025Q3", ACTIVITIES, "2025-09-20"),
        ("T-S", "2025Q3", ACTIVITIES, "2025-09-20"),
        ("T-1", "2025Q3", ACTIVITIES, "2025-09-20"),
        ("T-1", "2025", RATING, "2026-01-15"),
        ("T", "2025", RATING, "2026-01-15"),
    ],
)
def test_a_unit_gets_the_form_that_it_owes(
    nguon: Nguon, tmp_path: Path, unit: str, period: str, form: object, due: str
) -> None:
    written = nguon("template", unit, period, "--json", cwd=tmp_path)
    assert written.returncode == 0, written.stderr
    answer = json.loads(written.stdout)
    assert (answer["form"], answer["due"]) == (form.key, due)  # type: ignore[attr-defined]
    hidden = load_workbook(tmp_path / f"{unit} {period}.xlsx")[IDENTITY_SHEET]
    assert hidden["B1"].value == form.key  # type: ignore[attr-defined]


def test_a_rating_has_a_row_for_each_grassroots_organisation_below(nguon: Nguon, tmp_path: Path) -> None:
    assert nguon("template", "T", "2025", cwd=tmp_path).returncode == 0
    page = load_workbook(BytesIO((tmp_path / "T 2025.xlsx").read_bytes()))[RATING.sheets[0].title]
    shown = [[page.cell(row, column).value for column in (1, 2)] for row in range(FIRST_ROW, FIRST_ROW + 4)]
    assert shown == [
        ["T-1-1", "Đoàn xã An"],
        ["T-2-1", "Đoàn xã Bình"],
        ["T-S", "Đoàn trường Cao đẳng"],
        [None, None],
    ]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("T", "2025Q1"), "T owes no such form for 2025Q1. It owes: rating (each year)."),
        (("T-1-1", "2025"), "It owes: activities (each quarter)."),
        (("T-1", "2025Q1", "--form", "rating"), "It owes: activities (each quarter), rating (each year)."),
    ],
)
def test_where_no_form_fits_the_answer_lists_what_the_unit_owes(
    nguon: Nguon, tmp_path: Path, words: tuple[str, ...], said: str
) -> None:
    refused = nguon("template", *words, cwd=tmp_path, NGUON_LANG="en")
    assert refused.returncode == 2 and said in refused.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_unit_is_found_under_a_code_that_it_bore_in_the_period(nguon: Nguon, tmp_path: Path) -> None:
    changes = tmp_path / "changes.csv"
    columns = "change,code,on,name,parent,new_code,successor,kind,level,order"
    changes.write_text(f"{columns}\nrecode,T-2-1-2,2025-05-01,,,T-2-1-9,,,,\n", encoding="utf-8")
    assert nguon("units", "load", changes).returncode == 0
    for period, code in (("2025Q1", "T-2-1-2"), ("2025Q2", "T-2-1-2"), ("2025Q2", "T-2-1-9"), ("2025Q3", "T-2-1-9")):
        assert nguon("template", code, period, "--force", "--output", tmp_path / "t.xlsx").returncode == 0
    for period, code in (("2025Q1", "T-2-1-9"), ("2025Q3", "T-2-1-2")):
        assert nguon("template", code, period, "--output", tmp_path / "t.xlsx").returncode == 2
