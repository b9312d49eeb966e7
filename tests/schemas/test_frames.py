"""Days are read as people write them; a year of two digits is the latest such year up to the period's, by no clock."""

import re
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.forms.form import EARLIEST_DATE
from schemas.forms.quarterly import QUARTERLY
from schemas.gate import frames
from schemas.gate.workbook import Row, Workbook

ACTIVITIES = QUARTERLY.sheet("activities")
NO_CELLS = {column.key: None for column in ACTIVITIES.columns}
SHAPES = (
    "|".join(rf"[0-3]?\d{mark}[01]?\d{mark}([012]\d)?\d\d" for mark in ("/", r"\.", "-")) + r"|[012]\d{3}-[01]?\d-\d?\d"
)


def read(*written: str, period: str | None = "2025Q1") -> list[date | None]:
    """What the texts mean as days in a workbook of the period."""
    rows = tuple(Row(number, {**NO_CELLS, "on": text}) for number, text in enumerate(written, 4))
    return frames.stack(ACTIVITIES, {"s": Workbook(QUARTERLY, period=period, rows={"activities": rows})})[
        "on"
    ].to_list()


def meant(written: str) -> date | None:
    """The same in the plainest words, for a workbook of 2025."""
    if re.fullmatch(r"\d{5}", written, re.ASCII):
        day = date(1899, 12, 30) + timedelta(days=int(written))
    elif found := re.fullmatch(
        r"(?P<d>\d\d?)([/.-])(?P<m>\d\d?)\2(?P<y>\d\d(\d\d)?)", written, re.ASCII
    ) or re.fullmatch(r"(?P<y>\d{4})-(?P<m>\d\d?)-(?P<d>\d\d?)", written, re.ASCII):
        year = int(found["y"])
        if len(found["y"]) == 2:
            year = next(latest for latest in range(2025, 1925, -1) if latest % 100 == year)
        try:
            day = date(year, int(found["m"]), int(found["d"]))
        except ValueError:
            return None
    else:
        return None
    return day if day >= EARLIEST_DATE else None


@given(st.dates(EARLIEST_DATE, date(2025, 12, 31)))
def test_every_way_to_write_a_day_means_that_day(day: date) -> None:
    ways = [day.isoformat(), *(f"{day:%d{mark}%m{mark}%Y}" for mark in "/-.")]
    ways += [re.sub(r"\b0", "", way) for way in ways]
    assert set(read(*ways, str((day - date(1899, 12, 30)).days))) == {day}


@given(st.lists(st.from_regex(SHAPES, fullmatch=True) | st.text("0123456789/.-+ ٢２", max_size=11), min_size=20))
def test_what_is_written_is_read_as_meant_and_nothing_else_is_a_day(written: list[str]) -> None:
    assert read(*written) == [meant(text) for text in written]


@pytest.mark.parametrize(
    ("written", "period", "day"),
    [
        ("14/02/25", "2025Q1", date(2025, 2, 14)),
        ("14/02/26", "2026Q1", date(2026, 2, 14)),
        ("14/02/26", "2025Q1", None),
        ("31/12/99", "2100Q1", date(2099, 12, 31)),
        ("01/05/04", "2025Q1", date(2004, 5, 1)),
        ("01/05/98", "2025Q1", date(1998, 5, 1)),
        ("05/03/00", "2025Q1", date(2000, 3, 5)),
        ("25-02-14", "2025Q1", date(2014, 2, 25)),
        ("14/02/25", None, None),
        ("14/02/2025", None, date(2025, 2, 14)),
    ],
)
def test_the_period_says_which_century(written: str, period: str | None, day: date | None) -> None:
    assert read(written, period=period) == [day]
