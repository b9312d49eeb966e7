"""Which units send a workbook in which quarter of the sample, and on which day it arrives."""

from collections.abc import Sequence
from datetime import date, timedelta
from random import Random

from flows.units.rows import UnitRow
from schemas.forms.owing import days
from schemas.forms.quarterly import QUARTERLY
from schemas.periods import Period, parse

QUARTERS = (parse("2025Q1"), parse("2025Q2"))

_DILIGENCE = {
    "832": 0.97, "838": 0.93, "829": 0.45, "831": 0.12, "833": 0.06, "834": 0.08, "835": 0.05, "836": 0.1, "837": 0.03,
    "83-DK": 0.6, "83-CA": 0.8, "83-T1": 0.6, "83-T2": 0.5, "83-S1": 1, "83-S2": 1, "83-S3": 0.8, "83-S4": 0.6,
}  # fmt: skip
"""Share of the branches below each unit under the province that send a workbook: nearly all, or few."""


def draw_arrivals(random: Random, units: Sequence[UnitRow]) -> dict[UnitRow, dict[Period, date]]:
    """Day of arrival by quarter, for branches."""
    known = {unit.code: unit for unit in units}
    arrivals: dict[UnitRow, dict[Period, date]] = {}
    for unit in units:
        if unit.kind != "branch":
            continue
        share = _DILIGENCE.get(_under_province(unit, known), 0.1)
        days: dict[Period, date] = {}
        for quarter in QUARTERS:
            if random.random() < (0.95 if days else share if quarter == QUARTERS[0] else share / 4):
                days[quarter] = _day(random, quarter)
        if days:
            arrivals[unit] = days
    return arrivals


def _under_province(unit: UnitRow, known: dict[str, UnitRow]) -> str:
    while unit.level > 2 and unit.parent_code in known:
        unit = known[unit.parent_code]
    return unit.code


def _day(random: Random, quarter: Period) -> date:
    """Most in the two weeks up to the due day, one in eight late."""
    due = days(QUARTERLY, quarter).due
    if random.random() < 0.87:
        return due - timedelta(days=round(random.triangular(0, 15, 2)))
    return due + timedelta(days=random.randint(1, 16))
