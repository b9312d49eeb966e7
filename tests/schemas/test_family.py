"""Forms are a family: found by their folders, several versions side by side, each with a duty and cells of its own."""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import schemas.forms
from schemas.forms import family, owing, quarterly
from schemas.forms.form import COVER_SHEET, FIRST_ROW, Form, Sheet
from schemas.forms.quarterly import QUARTERLY
from schemas.periods import Period, parse
from schemas.policies.days import Day
from schemas.vocabulary.terms import UNIT_KIND

FORMS = list(family.FORMS.values())

GUESTS = """
from dataclasses import replace

from schemas.forms.activities import ACTIVITIES

VERSIONS = (replace(ACTIVITIES, key="guests"), replace(ACTIVITIES, key="guests", version=2))
"""


@pytest.fixture
def guests(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A form that is a folder and nothing else."""
    (tmp_path / "guests").mkdir()
    (tmp_path / "guests" / "__init__.py").write_text(GUESTS, encoding="utf-8")
    monkeypatch.setattr(schemas.forms, "__path__", [*schemas.forms.__path__, str(tmp_path)])
    family.found.cache_clear()
    yield
    family.found.cache_clear()


def test_there_are_four_forms() -> None:
    assert {form.key for form in FORMS} == {"branch-quarterly", "yearly-plan", "activities", "rating"}


def test_a_folder_is_a_form(guests: None) -> None:
    assert family.newest("guests").version == 2
    assert [form.key for form in family.owed("commune", parse("2025Q1"))] == ["activities", "guests"]


def test_a_folder_beside_ours_on_the_path_of_python_is_a_form_in_every_process(tmp_path: Path) -> None:
    beside = tmp_path / "schemas" / "forms" / "guests"
    beside.mkdir(parents=True)
    (beside / "__init__.py").write_text(GUESTS, encoding="utf-8")
    asked = "from schemas.gate.workbook import FORMS; print(('guests', 2) in FORMS, ('rating', 1) in FORMS)"
    paths = os.pathsep.join((str(Path(__file__).parents[2]), str(tmp_path)))
    told = subprocess.run(
        [sys.executable, "-P", "-c", asked], env=os.environ | {"PYTHONPATH": paths}, capture_output=True, check=True
    )
    assert told.stdout == b"True True\n"


def test_reading_files_takes_none_of_what_judges_rows() -> None:
    asked = "import sys, schemas.gate.cells as c; c.form_of({}); print({'polars', 'pandera'} & set(sys.modules))"
    told = subprocess.run([sys.executable, "-c", asked], capture_output=True, check=True)
    assert told.stdout == b"set()\n"


def test_two_forms_of_one_key_and_version_are_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text(GUESTS, encoding="utf-8")
    monkeypatch.setattr(schemas.forms, "__path__", [*schemas.forms.__path__, str(tmp_path)])
    family.found.cache_clear()
    with pytest.raises(ValueError, match="guests"):
        family.found()
    family.found.cache_clear()


def moved(form: Form, sheet: str, column: str) -> Form:
    """The next version, in which a column of a sheet comes first."""

    def next_sheet(one: Sheet) -> Sheet:
        if one.key != sheet:
            return one
        first = one.column(column)
        return replace(one, columns=(first, *(other for other in one.columns if other != first)))

    return replace(form, version=form.version + 1, sheets=tuple(next_sheet(one) for one in form.sheets))


def test_the_cell_of_a_fact_is_that_of_the_version_that_stated_it(monkeypatch: pytest.MonkeyPatch) -> None:
    second = moved(QUARTERLY, "steps", "step")
    monkeypatch.setattr(quarterly, "VERSIONS", (QUARTERLY, second))
    family.found.cache_clear()
    assert family.newest(QUARTERLY.key) is second
    assert family.told_cell(QUARTERLY.key, 1, "steps", 7) == "B7"
    assert family.told_cell(QUARTERLY.key, 2, "steps", 7) == "A7"
    assert family.told_cell(QUARTERLY.key, 3, "steps", 7) is None
    family.found.cache_clear()


def test_a_sheet_is_called_what_its_forms_version_calls_it(monkeypatch: pytest.MonkeyPatch) -> None:
    steps = QUARTERLY.sheet("steps")
    renamed = replace(QUARTERLY, version=2, sheets=(replace(steps, title="Các bước"),))
    monkeypatch.setattr(family, "found", lambda: {(QUARTERLY.key, 1): QUARTERLY, (QUARTERLY.key, 2): renamed})
    assert family.sheet_title(QUARTERLY.key, 1, "steps") == steps.title
    assert family.sheet_title(QUARTERLY.key, 2, "steps") == "Các bước"
    assert [family.sheet_title(QUARTERLY.key, *of) for of in ((2, "nominees"), (3, "steps"), (None, "steps"))] == [
        *(None, None, None)
    ]
    assert family.sheet_title(None, None, None) is None
    assert family.sheet_title(None, None, "cover") == COVER_SHEET


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.key)
def test_a_form_says_of_each_sheet_which_cell_told_a_fact(form: Form) -> None:
    for sheet in form.sheets:
        assert sheet.column(sheet.told_by) in sheet.read
        assert form.cell(sheet.key, FIRST_ROW) == sheet.cell(sheet.told_by, FIRST_ROW)
    with pytest.raises(KeyError):
        form.cell("no such sheet", FIRST_ROW)


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.key)
def test_the_rules_of_a_form_are_about_its_columns(form: Form) -> None:
    for rules in (form.errors, form.warnings):
        for sheet, of_sheet in rules.items():
            assert of_sheet.keys() <= {column.key for column in form.sheet(sheet).read}


@pytest.mark.parametrize(
    ("kind", "quarter", "year"),
    [
        ("branch", ["branch-quarterly"], ["yearly-plan"]),
        *((kind, ["activities"], []) for kind in ("commune", "grassroots", "school")),
        *((kind, ["activities"], ["rating"]) for kind in ("district", "bloc", "police", "equivalent")),
        ("province", [], ["rating"]),
    ],
)
def test_who_owes_what(kind: str, quarter: list[str], year: list[str]) -> None:
    assert [form.key for form in family.owed(kind, parse("2025Q1"))] == quarter
    assert [form.key for form in family.owed(kind, parse("2025"))] == year
    assert family.owed(kind, parse("2025H1")) == []


def test_every_kind_of_unit_owes_something() -> None:
    assert set().union(*(form.duty.kinds for form in FORMS)) == UNIT_KIND.terms.keys() - {"central"}


@pytest.mark.parametrize(
    ("form", "period", "opens", "cut_off", "due"),
    [
        ("branch-quarterly", "2025Q1", date(2025, 1, 1), date(2025, 3, 31), date(2025, 3, 20)),
        ("activities", "2024Q4", date(2024, 10, 1), date(2024, 12, 31), date(2024, 12, 20)),
        ("yearly-plan", "2026", date(2025, 10, 1), date(2026, 12, 31), date(2026, 1, 15)),
        ("rating", "2025", date(2025, 11, 1), date(2025, 12, 31), date(2026, 1, 15)),
    ],
)
def test_the_days_of_a_form(form: str, period: str, opens: date, cut_off: date, due: date) -> None:
    asked = parse(period)
    assert owing.days(family.newest(form), asked) == (opens, due, 0)
    assert owing.counted_until(asked) == cut_off


@given(st.integers(1901, 2199), st.integers(1, 4), st.sampled_from(FORMS))
def test_every_period_that_a_form_may_be_about_has_its_days_in_order(year: int, number: int, form: Form) -> None:
    period: Period = parse(f"{year}Q{number}" if form.duty.periods == "quarter" else str(year))
    days = owing.days(form, period)
    assert days.opens < days.due
    assert days.opens <= owing.counted_until(period) <= period.last
    assert abs(days.due - period.last) < timedelta(days=366)


@pytest.mark.parametrize("months", [-3, -1, 0, 1, 13])
def test_a_day_that_a_month_does_not_have_is_its_last(months: int) -> None:
    on = Day("last", months, 31).in_period(parse("2024Q1"))
    assert (on + timedelta(days=1)).day == 1
    assert (on.year * 12 + on.month) - (2024 * 12 + 3) == months
