"""The sample's other forms: yearly plans of branches, activities of the levels above, ratings at the year's end."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from random import Random

from flows.sample.drafts import Cells, Draft
from flows.units.rows import UnitRow
from schemas.forms.activities import ACTIVITIES
from schemas.forms.parts.kinds import DISTRICTS, GRASSROOTS
from schemas.forms.plan import PLAN
from schemas.forms.rating import RATING
from schemas.periods import Period, parse
from schemas.vocabulary.terms import GRADE, MILESTONE, SUPERIOR_ACTIVITY, TARGET

YEAR = parse("2025")
QUARTERS = (parse("2025Q1"), parse("2025Q2"))

PLANS, REPORTING = 0.5, 0.4
"""Shares of the branches with a workbook that have a plan, and of the units above them that report activities."""

_WEIGHTS = {"excellent": 2, "good": 5, "fulfilled": 3, "not_fulfilled": 1}


def draw_others(
    random: Random, units: Sequence[UnitRow], unit_ids: Mapping[str, str], branches: Iterable[UnitRow]
) -> Iterator[Draft]:
    """Plans of some of the branches, activities of some of the units above, a rating of every district's units."""
    for branch in branches:
        if random.random() < PLANS:
            yield _plan(random, branch, unit_ids)
    for unit in units:
        for quarter in QUARTERS:
            if unit.kind in GRASSROOTS | DISTRICTS and random.random() < REPORTING:
                yield _activities(random, unit, unit_ids, quarter)
    for unit in units:
        if unit.kind in DISTRICTS and (
            below := [u for u in units if u.parent_code == unit.code and u.kind in GRASSROOTS]
        ):
            yield _rating(random, unit, unit_ids, below)


def _plan(random: Random, branch: UnitRow, unit_ids: Mapping[str, str]) -> Draft:
    nominated = random.randint(1, 3)
    numbers = {"nominated": nominated, "class_passed": nominated, "admitted": random.randint(1, (nominated + 1) // 2)}
    days = (date(2025, 1, 20), date(2025, 3, 10), date(2025, 4, 15), date(2025, 12, 20))
    return Draft(
        unit_ids[branch.code],
        branch.code,
        branch.name,
        YEAR,
        date(2025, 1, 15) - timedelta(days=random.randint(0, 10)),
        {
            "targets": [{"target": TARGET.terms[code].vi, "value": number} for code, number in numbers.items()],
            "schedule": [
                {"milestone": title.vi, "on": on + timedelta(days=random.randint(0, 8)), "planned": nominated}
                for title, on in zip(MILESTONE.terms.values(), days, strict=True)
            ],
        },
        PLAN,
    )


def _activities(random: Random, unit: UnitRow, unit_ids: Mapping[str, str], quarter: Period) -> Draft:
    rows: list[Cells] = []
    for _ in range(random.randint(1, 4)):
        members = random.randint(10, 120)
        kind = random.choice(list(SUPERIOR_ACTIVITY.terms.values()))
        on = quarter.first + timedelta(days=random.randint(0, 70))
        rows.append(
            {"activity": kind.vi, "on": on, "participants": members + random.randint(0, 40), "members": members}
        )
    received_on = quarter.last - timedelta(days=random.randint(8, 15))
    return Draft(unit_ids[unit.code], unit.code, unit.name, quarter, received_on, {"activities": rows}, ACTIVITIES)


def _rating(random: Random, unit: UnitRow, unit_ids: Mapping[str, str], below: Sequence[UnitRow]) -> Draft:
    rows: list[Cells] = []
    for number, rated in enumerate(below, start=1):
        (grade,) = random.choices(list(_WEIGHTS), weights=list(_WEIGHTS.values()))
        title = GRADE.terms[grade].vi
        document = f"{number}-QĐ/ĐTN"
        rows.append({"rated": rated.code, "proposed": title, "decided": title, "document": document})
    received_on = date(2026, 1, 15) - timedelta(days=random.randint(0, 12))
    return Draft(unit_ids[unit.code], unit.code, unit.name, YEAR, received_on, {"ratings": rows}, RATING)
