"""Periods are read as people write them and cut the year without gap or overlap."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.errors import UsageError
from schemas.periods import ended, parse, quarter_of

DAYS = st.dates(date(1950, 1, 1), date(2150, 12, 31))


@pytest.mark.parametrize(
    ("written", "first", "last", "kind"),
    [
        ("2026Q1", "2026-01-01", "2026-03-31", "quarter"),
        (" 2026q4 ", "2026-10-01", "2026-12-31", "quarter"),
        ("2024H1", "2024-01-01", "2024-06-30", "half"),
        ("2024H2", "2024-07-01", "2024-12-31", "half"),
        ("2026", "2026-01-01", "2026-12-31", "year"),
        ("2020-2025", "2020-01-01", "2025-12-31", "term"),
        ("2026-02-01..2026-03-15", "2026-02-01", "2026-03-15", "range"),
    ],
)
def test_written_periods(written: str, first: str, last: str, kind: str) -> None:
    period = parse(written)
    assert (period.first.isoformat(), period.last.isoformat(), period.kind) == (first, last, kind)
    assert parse(period.code) == period


@pytest.mark.parametrize(
    "written",
    ["", "2026Q5", "2026Q", "2026H3", "26", "2026-13-01..2026-14-01", "2026-03-01..2026-02-01", "2025-2020", "Q1"],
)
def test_what_is_no_period_is_refused_with_what_was_written(written: str) -> None:
    with pytest.raises(UsageError) as raised:
        parse(written)
    assert raised.value.key == "unknown_period"


@given(DAYS)
def test_every_day_lies_in_one_quarter_and_the_next_begins_where_it_ends(day: date) -> None:
    quarter = quarter_of(day)
    assert quarter.first <= day <= quarter.last
    assert quarter_of(quarter.last + timedelta(days=1)).first == quarter.last + timedelta(days=1)
    assert quarter.first < quarter.due <= quarter.last


@given(DAYS, st.sampled_from(["quarter", "half", "year"]))
def test_the_last_ended_period_lies_before_the_day_and_the_day_in_the_next(day: date, kind: str) -> None:
    period = ended(kind, day)
    assert period.kind == kind
    assert period.last < day
    months = {"quarter": 3, "half": 6, "year": 12}[kind]
    assert (day.year - period.last.year) * 12 + day.month - period.last.month <= months
    assert (period.quarters()[0].first, period.quarters()[-1].last) == (period.first, period.last)
    assert len(period.quarters()) == months // 3
