"""The forms beside the quarterly one: what the gate finds in each, and the facts that it states."""

from collections.abc import Mapping, Sequence
from datetime import date

import polars as pl
import pytest

from events.types.returns import ActivityHeld, OrganisationRated, PlanScheduled, TargetSet
from schemas.forms.activities import ACTIVITIES
from schemas.forms.form import Form
from schemas.forms.known import Known
from schemas.forms.plan import PLAN
from schemas.forms.prefill import Beforehand, UnitBelow
from schemas.forms.rating import RATING
from schemas.forms.stating import Fact, Stating
from schemas.gate import cells, check, workbook
from schemas.periods import parse
from schemas.templates.template import workbook as template
from schemas.vocabulary.terms import ACTIVITY, GRADE, MILESTONE, TARGET

UNIT = "019a0000-0000-7000-8000-000000000001"
AN, BINH = (f"019a0000-0000-7000-8000-00000000000{number}" for number in (2, 3))
PERIOD = {PLAN.key: parse("2026"), RATING.key: parse("2025"), ACTIVITIES.key: parse("2025Q1")}
Rows = Mapping[str, Sequence[Mapping[str, object]]]


def below(*units: tuple[str, str, str, str, bool]) -> Known:
    """Codes as they are parsed, whose they are, of which kind, under which kind, whether below."""
    rows = [("s", *unit, False, None) for unit in units]
    return Known(units=pl.DataFrame(rows, schema=Known.nothing().units.schema, orient="row"))


KNOWN = below(
    ("XA-AN", AN, "commune", "district", True),
    ("28756", AN, "commune", "district", True),
    ("XA-BINH", BINH, "school", "district", True),
    ("XA-XA", "x", "commune", "district", False),
    ("XA-AN-01", "y", "branch", "commune", True),
    ("CO-QUAN", "z", "branch", "bloc", True),
)


def read(form: Form, rows: Rows) -> workbook.Workbook:
    content = template(form, UNIT, "829", "Thành đoàn", PERIOD[form.key], rows)
    found = cells.read(content, "form")
    assert found
    return workbook.understand(found.sheets, "s", found.far)


def findings(form: Form, rows: Rows) -> set[tuple[str, str | None]]:
    book = read(form, rows)
    stacked = check.stack(form, {"s": book})
    return {(f.code, f.cell) for f in [*book.findings, *check.check(form, stacked, KNOWN)]}


def facts(form: Form, rows: Rows) -> list[Fact]:
    assert findings(form, rows) == set()
    units = {code: unit for _, code, unit, *_ in KNOWN.units.iter_rows()}
    return form.facts(Stating("s", UNIT, PERIOD[form.key], {}, {}, units), check.stack(form, {"s": read(form, rows)}))


def targets(*values: object) -> list[Mapping[str, object]]:
    return [{"target": title, "value": value} for title, value in zip(TARGET.titles(), values, strict=True)]


def milestone(code: str, on: object, planned: object = 3) -> Mapping[str, object]:
    return {"milestone": MILESTONE.terms[code].vi, "on": on, "planned": planned}


def rating(written: object, proposed: str = "good", **more: object) -> Mapping[str, object]:
    return {"rated": written, "proposed": GRADE.terms[proposed].vi, **more}


def activity(code: str, on: date = date(2025, 2, 1), **more: object) -> Mapping[str, object]:
    return {"activity": ACTIVITY.terms[code].vi, "on": on, "participants": 5, "members": 3, **more}


HANDOVER = milestone("handover", date(2026, 2, 3))

CASES: list[tuple[Form, Rows, str, str | None]] = [
    (PLAN, {"targets": targets(3, None, 1)}, "cell.required", "B5"),
    (PLAN, {"targets": targets(3, -2, 1)}, "integer.invalid", "B5"),
    (PLAN, {"targets": targets(3, 2, 1)[1:]}, "measure.missing", None),
    (PLAN, {"targets": [*targets(3, 2, 1), targets(3, 2, 1)[0]]}, "measure.duplicate", "A7"),
    (PLAN, {"targets": targets(3, 2, 1), "schedule": [HANDOVER, HANDOVER]}, "measure.duplicate", "A5"),
    *[
        (PLAN, {"targets": targets(3, 2, 1), "schedule": [milestone("handover", on)]}, code, "B4")
        for on, code in ((date(2025, 12, 31), "date.before_year"), (date(2027, 1, 1), "date.after_period"))
    ],
    (PLAN, {"targets": targets(3, 2, 1), "schedule": [{**HANDOVER, "planned": None}]}, "cell.required", "C4"),
    *[
        (ACTIVITIES, {"activities": [activity(code)]}, "choice.unknown", "A4")
        for code in ("theme_meeting", "volunteering")
    ],
    (ACTIVITIES, {"activities": [activity("movement", date(2024, 12, 30))]}, "date.before_period", "B4"),
    (ACTIVITIES, {"activities": [activity("movement", members=6)]}, "activity.members_above_participants", "D4"),
    *[(RATING, {"ratings": [rating(written)]}, "unit.unknown", "A4") for written in ("XA-CHIN", "xã An", 829)],
    (RATING, {"ratings": [rating("XA-XA")]}, "unit.not_below", "A4"),
    (RATING, {"ratings": [rating("XA-AN-01")]}, "unit.not_grassroots", "A4"),
    (RATING, {"ratings": [rating("XA-AN"), rating("xa-an")]}, "unit.repeated", "A5"),
    (RATING, {"ratings": [rating("XA-AN"), rating(28756)]}, "unit.repeated", "A5"),
    (RATING, {"ratings": [rating(None)]}, "cell.required", "A4"),
    (RATING, {"ratings": [{"rated": "XA-AN"}]}, "cell.required", "D4"),
    (RATING, {"ratings": [rating("XA-AN", document="theo quyết định")]}, "document.form", "F4"),
]


@pytest.mark.parametrize(("form", "rows", "code", "cell"), CASES)
def test_a_fault_is_found_at_its_cell_and_nothing_else_is(form: Form, rows: Rows, code: str, cell: str | None) -> None:
    assert findings(form, rows) == {(code, cell)}


def test_a_plan_states_targets_and_milestones() -> None:
    rows = {"targets": targets(3, 2, 0), "schedule": [milestone("branch_votes", "15/01/2026", 4), {}, HANDOVER]}
    assert facts(PLAN, rows) == [
        Fact(TargetSet(UNIT, 2026, "nominated", 3), "targets", 4),
        Fact(TargetSet(UNIT, 2026, "class_passed", 2), "targets", 5),
        Fact(TargetSet(UNIT, 2026, "admitted", 0), "targets", 6),
        Fact(PlanScheduled(UNIT, 2026, "branch_votes", date(2026, 1, 15), 4), "schedule", 4),
        Fact(PlanScheduled(UNIT, 2026, "handover", date(2026, 2, 3), 3), "schedule", 6),
    ]


def test_a_level_above_the_branch_states_its_own_activities() -> None:
    rows = {"activities": [activity("task_assigned"), activity("mentor_assigned", members=None)]}
    assert facts(ACTIVITIES, rows) == [
        Fact(ActivityHeld(UNIT, "2025Q1", "task_assigned", date(2025, 2, 1), 5, 3), "activities", 4),
        Fact(ActivityHeld(UNIT, "2025Q1", "mentor_assigned", date(2025, 2, 1), 5), "activities", 5),
    ]


def test_a_rating_is_about_the_unit_that_is_rated_under_whatever_code() -> None:
    decided = rating(28756, "good", decided=GRADE.terms["excellent"].vi, document="12-QĐ/TĐTN")
    assert facts(RATING, {"ratings": [decided, rating("xa-binh", "not_fulfilled")]}) == [
        Fact(OrganisationRated(AN, 2025, UNIT, "good", "excellent", "12-QĐ/TĐTN"), "ratings", 4),
        Fact(OrganisationRated(BINH, 2025, UNIT, "not_fulfilled"), "ratings", 5),
    ]


def test_a_branch_that_stands_under_no_grassroots_union_is_rated_itself() -> None:
    assert findings(RATING, {"ratings": [rating("CO-QUAN")]}) == set()


def test_what_a_rating_shows_beside_a_row_is_never_read_back() -> None:
    shown = {"name": "Đoàn xã An", "criterion": "Tốt"}
    assert read(RATING, {"ratings": [rating("XA-AN") | shown]}).rows["ratings"][0].cells.keys() == {
        "rated",
        "proposed",
        "decided",
        "document",
    }
    assert read(RATING, {"ratings": [shown]}).rows["ratings"] == ()


def test_a_rating_is_prefilled_with_the_grassroots_organisations_below() -> None:
    assert RATING.prefill
    units = (
        UnitBelow("XA-AN", "Đoàn xã An", "commune", "district", "Tốt"),
        UnitBelow("XA-AN-01", "Chi đoàn 1", "branch", "commune"),
        UnitBelow("XA-BINH", "Đoàn trường Bình", "school", "district"),
        UnitBelow("CO-QUAN", "Chi đoàn Cơ quan", "branch", "bloc"),
    )
    assert RATING.prefill(Beforehand(units)) == {
        "ratings": [
            {"rated": "XA-AN", "name": "Đoàn xã An", "criterion": "Tốt"},
            {"rated": "XA-BINH", "name": "Đoàn trường Bình"},
            {"rated": "CO-QUAN", "name": "Chi đoàn Cơ quan"},
        ]
    }
