"""A calendar whose due day lies after the period's last day and whose cut-off day before it: all agree on its days."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from io import BytesIO

import pytest
from openpyxl import load_workbook

from flows import validation
from flows.orchestration.overdue import overdue
from flows.orchestration.schedule import KINDS, PERIOD_ENDS, complete_on
from schemas.forms import family
from schemas.forms.duty import Calendar
from schemas.forms.form import COVER_SHEET, Form
from schemas.forms.owing import days
from schemas.forms.quarterly import QUARTERLY
from schemas.messages.translation import Language
from schemas.periods import ended, parse
from schemas.policies.days import Day
from schemas.policies.policy import always
from schemas.templates.template import LaidDown, workbook
from tests.flows.office import Office
from tests.rows import membership
from warehouse import views
from warehouse.projections import project
from warehouse.returns.status import returned

QUARTER = parse("2025Q1")
LATER = Calendar(always(Day("last", 1, 5)))
"""Due on the 5th after the quarter."""


def on(calendar: Calendar) -> Form:
    """The quarterly workbook on another calendar."""
    return replace(QUARTERLY, duty=replace(QUARTERLY.duty, calendar=calendar))


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Iterator[Form]:
    """The quarterly workbook, due after the quarter."""
    form = on(LATER)
    forms = {**family.FORMS, (form.key, form.version): form}
    monkeypatch.setattr(family, "found", lambda: forms)
    yield form


def cover(form: Form, language: Language = "vi", until: date = QUARTER.last) -> str:
    """What stands on the cover of a template."""
    laid_down = LaidDown(days(form, QUARTER), until)
    written = workbook(form, "id", "T-1", "Chi đoàn", QUARTER, language=language, laid_down=laid_down)
    book = load_workbook(BytesIO(written))
    return " ".join(str(cell) for row in book[COVER_SHEET].iter_rows(values_only=True) for cell in row if cell)


def test_the_template_says_by_when_and_until_which_day_its_numbers_count(later: Form) -> None:
    assert "gửi trước hết ngày 05/04/2025" in cover(later)
    assert "tính đến hết ngày 14/03/2025" in cover(later, until=date(2025, 3, 14))
    assert "count up to the end of 14/03/2025" in cover(later, "en", date(2025, 3, 14))
    assert "tính đến hết ngày" not in cover(QUARTERLY), "nothing is said where it is the period's last day"


def test_status_indicators_views_and_schedule_agree_on_what_is_in_time(office: Office, later: Form) -> None:
    sent = {"28756-01": date(2025, 4, 5), "28756-02": date(2025, 4, 6)}
    for unit, day in sent.items():
        office.receive(office.write({"membership": membership(10)}, unit), day)
    assert all(verdict.valid for verdict in validation.validate_pending(office.context))
    position = project.project(office.context.engine)
    with office.context.engine.begin() as connection:
        states = {one.code: (one.state, one.due) for one in returned(connection, QUARTER, position)}
        views.drop(connection)
        views.create(connection)
    assert {code: states[code] for code in sent} == {
        "28756-01": ("on_time", date(2025, 4, 5)),
        "28756-02": ("late", date(2025, 4, 5)),
    }
    figures = office.figures()
    assert (figures["submissions.counted"], figures["submissions.on_time"]) == (2, 1)
    told = office.query("select received_on, due, in_time, days_late from analysis.submission order by received_on")
    assert [tuple(row) for row in told] == [
        (date(2025, 4, 5), date(2025, 4, 5), True, 0),
        (date(2025, 4, 6), date(2025, 4, 5), False, 1),
    ]
    assert overdue(office.context, date(2025, 4, 5)) == [], "who sends today is still in time"
    assert [(o.period, o.root.code) for o in overdue(office.context, date(2025, 4, 6))] == [(QUARTER, "83")]


@pytest.mark.parametrize(
    ("period", "complete"),
    [("2025Q1", "2025-04-05"), ("2025H1", "2025-07-05"), ("2025Q4", "2026-01-05"), ("2025", "2026-01-05")],
)
def test_a_period_is_complete_when_the_last_form_about_it_or_its_parts_is_due(
    later: Form, period: str, complete: str
) -> None:
    assert complete_on(parse(period)) == date.fromisoformat(complete)


@pytest.mark.parametrize("kind", KINDS)
def test_on_the_morning_after_its_end_a_period_that_is_not_due_yet_is_left_for_later(later: Form, kind: str) -> None:
    first = date(2026, 1, 1)
    assert PERIOD_ENDS[kind].falls_on(first)  # type: ignore[index]
    assert complete_on(ended(kind, first)) >= first  # type: ignore[arg-type]


def test_a_form_for_a_half_year_holds_up_the_half_and_the_year_and_no_quarter(monkeypatch: pytest.MonkeyPatch) -> None:
    half = replace(QUARTERLY, key="half", duty=replace(QUARTERLY.duty, periods="half", calendar=LATER))
    forms = {**family.FORMS, (half.key, half.version): half}
    monkeypatch.setattr(family, "found", lambda: forms)
    days = {code: complete_on(parse(code)).isoformat() for code in ("2025Q2", "2025H1", "2025Q4", "2025H2", "2025")}
    assert days == {
        "2025Q2": "2025-06-30",
        "2025H1": "2025-07-05",
        "2025Q4": "2025-12-31",
        "2025H2": "2026-01-05",
        "2025": "2026-01-05",
    }
