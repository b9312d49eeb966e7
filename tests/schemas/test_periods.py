"""Periods are read as people write them and cut the year without gap or overlap."""

from datetime import date, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.errors import UsageError
from events.types.fields import PeriodCode, Year
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
    [
        *("0000Q1", "0025Q1", "1899Q4", "2200Q1", "9999Q4", "0000H1", "9999H2", "9999", "2020-9999", "0001"),
        *("٢٠٢٦", "２０２６Q1", "2026Q１", "202\U00011f56Q1", "2026H１", "2020-202５", "2026-02-0１..2026-03-15"),
        *("9999-12-31..9999-12-31", "0001-01-01..2026-03-15"),
        *("", "2026Q5", "2026Q", "2026H3", "26", "2026-13-01..2026-14-01", "2026-03-01..2026-02-01", "2025-2020", "Q1"),
    ],
)
def test_what_is_no_period_is_refused_with_what_was_written(written: str) -> None:
    with pytest.raises(UsageError) as raised:
        parse(written)
    assert raised.value.key == "unknown_period"


@given(st.from_regex(r"\d{4}(Q[1-4]|H[12]|-\d{4})?", fullmatch=True))
def test_every_period_has_years_that_an_event_may_hold(written: str) -> None:
    try:
        period = parse(written)
    except UsageError:
        return
    assert msgspec.convert([period.first.year, period.last.year], list[Year])
    assert msgspec.convert(period.code, PeriodCode).isascii()


@given(DAYS)
def test_every_day_lies_in_one_quarter_and_the_next_begins_where_it_ends(day: date) -> None:
    quarter = quarter_of(day)
    assert quarter.first <= day <= quarter.last
    assert quarter_of(quarter.last + timedelta(days=1)).first == quarter.last + timedelta(days=1)


@given(DAYS, st.sampled_from(["quarter", "half", "year"]))
def test_the_last_ended_period_lies_before_the_day_and_the_day_in_the_next(day: date, kind: str) -> None:
    period = ended(kind, day)
    assert period.kind == kind
    assert period.last < day
    months = {"quarter": 3, "half": 6, "year": 12}[kind]
    assert (day.year - period.last.year) * 12 + day.month - period.last.month <= months
    assert (period.quarters()[0].first, period.quarters()[-1].last) == (period.first, period.last)
    assert len(period.quarters()) == months // 3
