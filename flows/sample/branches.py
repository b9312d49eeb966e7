"""A branch over the sample's quarters: its members, its nominees and their ways, and the rows it reports in each."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from flows.sample.drafts import Cells, Rows
from flows.sample.people import People, Person
from flows.sample.ways import Taken, Window, decided, draw_way
from flows.units.rows import UnitRow
from schemas.periods import Period
from schemas.vocabulary.steps import REPORTED_STEP
from schemas.vocabulary.terms import BRANCH_ACTIVITY, MEASURE, SEX, SOURCE_GROUP, YES_NO

_SOURCES: tuple[tuple[str, tuple[str, ...], tuple[int, int]], ...] = (
    ("Giảng viên", ("education",), (8, 30)),
    ("Giáo viên", ("education",), (8, 25)),
    ("Trường THCS", ("education",), (6, 20)),
    ("trường", ("student", "education"), (12, 40)),
    ("lớp", ("pupil",), (22, 40)),
    ("Công an", ("armed_forces",), (5, 12)),
    ("Quân sự", ("militia", "reservist"), (5, 14)),
    ("Trạm Y tế", ("health",), (5, 8)),
    ("Phân xưởng", ("industrial_worker",), (15, 40)),
    ("Kinh doanh", ("industrial_worker", "business_owner"), (8, 25)),
    ("sự nghiệp", ("public_employee",), (8, 25)),
    ("Cơ quan", ("civil_servant", "public_employee"), (6, 15)),
    ("Văn phòng", ("civil_servant", "public_employee"), (6, 20)),
    ("chuyên môn", ("civil_servant",), (8, 20)),
    ("", ("resident", "producer", "industrial_worker", "reservist", "militia", "business_owner"), (6, 30)),
)
"""Part of a branch's name, the source groups that its people come from, how many members it has."""

PROBATIONERS = 0.12
"""Share of branches that have somebody made a full member in a quarter."""

_ARMED = ("83-CA", "83-T")
_HOSPITALS = ("83-DK-05", "83-DK-06")
_SCHOOL = "83-S"


@dataclass(frozen=True)
class Nominee:
    """A person whom the branch put on its list on the day `on`, with the steps since; it tells them from `since` on."""

    person: Person
    on: date
    steps: tuple[Taken, ...]
    since: date


@dataclass(frozen=True)
class Branch:
    """A unit that sends workbooks; `members` by quarter code."""

    unit: UnitRow
    members: Mapping[str, int]
    nominees: tuple[Nominee, ...]


def draw_branch(random: Random, people: People, unit: UnitRow, windows: Mapping[str, Window]) -> Branch:
    """A branch that reports in the quarters of `windows` (in order), only what lies in each quarter's window."""
    groups, (fewest, most) = _sources(unit)
    size = random.randint(fewest, most)
    nominees = []
    for number, (first, last) in enumerate(windows.values()):
        wanted = random.choices((0, 1, 2, 3), weights=((20, 45, 25, 10), (35, 45, 15, 5))[min(number, 1)])[0]
        for _ in range(min(wanted, size // 4)):
            on = first + timedelta(days=random.randint(0, min(30, (last - first).days)))
            way = draw_way(random, on, list(windows.values())[number:], size)
            nominees.append(Nominee(people.draw(random, groups, on), on, tuple(way), on))
        if random.random() < PROBATIONERS:
            nominees.append(_probationer(random, people, groups, (first, last)))
    members = {quarter: max(5, size + random.randint(-1, 2) * number) for number, quarter in enumerate(windows)}
    return Branch(unit, members, tuple(nominees))


def _probationer(random: Random, people: People, groups: tuple[str, ...], window: Window) -> Nominee:
    """Somebody admitted before these reports began, who is made a full member in the quarter."""
    first, last = window
    full = first + timedelta(days=random.randint(0, (last - first).days))
    admitted = full - timedelta(days=random.randint(368, 395))
    on = admitted - timedelta(days=random.randint(120, 300))
    person = people.draw(random, groups, on)
    return Nominee(person, on, (decided("admitted", admitted, random), decided("full_member", full, random)), full)


def _sources(unit: UnitRow) -> tuple[tuple[str, ...], tuple[int, int]]:
    groups, size = next((groups, size) for part, groups, size in _SOURCES if part in unit.name)
    if unit.code.startswith(_ARMED):
        return ("armed_forces",), size
    if unit.code.startswith(_HOSPITALS):
        return ("health", "public_employee"), size
    if unit.code.startswith(_SCHOOL) and groups != ("education",):
        return ("student",), (20, 40)
    return groups, size


def write_rows(random: Random, branch: Branch, period: Period, window: Window) -> Rows:
    """The rows of the branch's workbook for a quarter."""
    first, last = window
    new = [nominee for nominee in branch.nominees if first <= nominee.since <= last]
    steps = [
        (step, nominee.person)
        for nominee in branch.nominees
        for step in nominee.steps
        if first <= max(step.on, nominee.since) <= last
    ]
    members = branch.members[period.code]
    rows: Rows = {
        "nominees": [_nominee_row(nominee) for nominee in new],
        "steps": [_step_row(step, person) for step, person in sorted(steps, key=lambda pair: pair[0].on)],
        "membership": _membership(
            random, members, sum(step.step == "admitted" and step.on >= first for step, _ in steps)
        ),
        "activities": _activities(random, members, window),
    }
    return rows


def _nominee_row(nominee: Nominee) -> Cells:
    person = nominee.person
    return {
        "identity": person.identity,
        "name": person.name,
        "birth_date": person.birth_date,
        "sex": SEX.terms[person.sex].vi,
        "ethnic_minority": YES_NO.terms["yes" if person.ethnic_minority else "no"].vi,
        "source_group": SOURCE_GROUP.terms[person.source_group].vi,
        "on": nominee.on,
    }


def _step_row(step: Taken, person: Person) -> Cells:
    cells: Cells = {"identity": person.identity, "step": REPORTED_STEP.terms[step.step].vi, "on": step.on}
    if step.document is not None:
        cells["document"] = step.document
    if step.votes is not None:
        cells |= dict(zip(("total", "present", "votes_for", "votes_against"), step.votes, strict=True))
    return cells


def _membership(random: Random, members: int, admitted: int) -> list[Cells]:
    numbers = {
        "members": members,
        "members_female": round(members * random.uniform(0.3, 0.65)),
        "members_minority": sum(random.random() < 0.02 for _ in range(members)),
        "youth": round(members * random.uniform(1.6, 4)),
        "members_party": min(members, admitted + round(members * random.uniform(0, 0.2))),
        "members_new": random.randint(0, members // 6),
    }
    return [{"measure": MEASURE.terms[code].vi, "value": number} for code, number in numbers.items()]


def _activities(random: Random, members: int, window: Window) -> list[Cells]:
    first, last = window
    days = sorted(first + timedelta(days=random.randint(0, (last - first).days)) for _ in range(random.randint(0, 4)))
    rows: list[Cells] = []
    for on in days:
        attending = random.randint(members // 2, members)
        title = BRANCH_ACTIVITY.terms[random.choice(list(BRANCH_ACTIVITY.terms))].vi
        everyone = attending + random.randint(0, 25)
        rows.append({"activity": title, "on": on, "participants": everyone, "members": attending})
    return rows
