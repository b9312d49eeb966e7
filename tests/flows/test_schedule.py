"""When periods are compiled: each exactly once, right after its end, and what was missed is found again."""

from datetime import date, datetime, timedelta
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from prefect._vendor.croniter import croniter

from flows.orchestration.overdue import overdue
from flows.orchestration.schedule import (
    KINDS,
    PERIOD_ENDS,
    YEARLY_LIST,
    Appointment,
    Kind,
    complete_on,
    last_year,
    over,
)
from flows.yearly_list import READER, write_yearly_list
from schemas.forms import owing
from schemas.forms.family import about
from schemas.forms.rating import RATING
from schemas.periods import Period, ended, parse, quarter_of
from schemas.vocabulary.terms import GRADE
from tests.flows.checked_close import checked_close
from tests.flows.office import Office
from tests.rows import AN, BINH, vote

days = st.dates(date(2021, 4, 2), date(2060, 12, 31))


@given(st.sampled_from(KINDS), days)
def test_every_period_is_compiled_exactly_once_on_the_morning_after_its_last_day(kind: Kind, day: date) -> None:
    period = ended(kind, day)
    mornings = (period.first + timedelta(days=n) for n in range(800))
    compiled = [on for on in mornings if PERIOD_ENDS[kind].falls_on(on) and ended(kind, on) == period]
    assert compiled == [period.last + timedelta(days=1)]
    assert complete_on(period) == period.last


def test_what_is_due_for_a_whole_year_comes_after_its_report_and_holds_up_none() -> None:
    year = parse("2025")
    assert max(owing.days(form, year).due for form in about(year)) == date(2026, 1, 15)
    assert {complete_on(part) for part in year.parts()} == {part.last for part in year.parts()}


@pytest.mark.parametrize("appointment", [*PERIOD_ENDS.values(), YEARLY_LIST])
def test_cron_says_the_same_days(appointment: Appointment) -> None:
    times = croniter(appointment.cron, datetime(2027, 12, 31, 23))
    told = [times.get_next(datetime) for _ in range(12)]
    every = (date(2028, 1, 1) + timedelta(days=n) for n in range(366 * 13))
    expected = [on for on in every if appointment.falls_on(on)][:12]
    assert [time.date() for time in told] == expected
    assert {time.hour for time in told} == {appointment.hour}


@given(days, st.integers(0, 1000))
def test_every_period_that_is_over_is_found_in_the_order_of_compiling(day: date, ago: int) -> None:
    since = quarter_of(day - timedelta(days=ago))
    everything = over(day, since)
    brute = {
        ended(kind, since.first + timedelta(days=n)) for kind in KINDS for n in range((day - since.first).days + 1)
    }
    assert set(everything) == {period for period in brute if period.last >= since.first}
    assert everything == sorted(everything, key=lambda period: (period.last, -period.first.toordinal()))


def test_the_list_for_3_february_is_about_the_year_before() -> None:
    assert YEARLY_LIST.falls_on(date(2026, 2, 1))
    assert last_year(date(2026, 2, 1)) == parse("2025")


def test_overdue_begins_with_the_first_workbook_that_counts_and_ends_when_all_is_closed(office: Office) -> None:
    def codes(on: date) -> list[str]:
        return [period.code for period, root in overdue(office.context, on) if root.code == "83"]

    assert codes(date(2025, 7, 1)) == []
    assert office.send({"nominees": [AN]}).valid
    assert codes(date(2025, 3, 31)) == []
    assert codes(date(2025, 4, 1)) == ["2025Q1"]
    assert codes(date(2025, 7, 1)) == ["2025Q1", "2025Q2", "2025H1"]
    checked_close(office.context, parse("2025Q2"))
    checked_close(office.context, parse("2025H1"), "829")
    assert codes(date(2025, 7, 1)) == ["2025Q1", "2025H1"], "a part of the tree is not the whole"


def test_what_is_said_of_a_whole_year_makes_no_quarter_overdue_that_ended_before_it(office: Office) -> None:
    rated = {"rated": "28807", "proposed": GRADE.titles()[0]}
    assert office.send({"ratings": [rated]}, "831", "2024", RATING).valid
    assert [period.code for period, _ in overdue(office.context, date(2025, 1, 1))] == ["2024Q4", "2024H2", "2024"]


def test_the_yearly_list_is_for_its_owner_and_every_name_on_it_is_recorded(office: Office) -> None:
    documents = ("01-BB/CĐ", "02-NQ/ĐTN", "03-BC/ĐTN")
    steps = [
        vote(AN, date(2025, 1, 20), document=documents[0]),
        vote(AN, date(2025, 2, 1), document=documents[1], step="Đoàn cơ sở ra nghị quyết giới thiệu (4-KNĐ)"),
        {
            "identity": AN["identity"],
            "step": "Chuyển danh sách cho cấp ủy",
            "on": date(2025, 2, 5),
            "document": documents[2],
        },
    ]
    sent = office.send({"nominees": [AN, BINH], "steps": steps})
    assert sent.valid, sent.findings
    taken = office.query("select document from step where step <> 'identified' order by on_date")
    assert tuple(row.document for row in taken) == documents
    path, people = write_yearly_list(office.context, parse("2025"))
    assert people == 1
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert _texts(path) >= {"Nguyễn Văn An", "Chi đoàn Khu phố 1", "Đoàn phường Phú Khương", documents[2]}
    assert "Trần Thị Bình" not in _texts(path), "she was not handed over"
    assert [row.purpose for row in office.query("select purpose from vault.access where reader = :r", r=READER)] == [
        "list of 2025 for 3 February"
    ]
    assert write_yearly_list(office.context, Period(date(2024, 1, 1), date(2024, 12, 31), "year", "2024"))[1] == 0


def _texts(path: Path) -> set[str]:
    sheet = openpyxl.load_workbook(path).active
    assert sheet is not None
    return {cell for row in sheet.iter_rows(values_only=True) for cell in row if isinstance(cell, str)}
