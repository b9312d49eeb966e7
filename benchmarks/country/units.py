"""The country's units: the official provinces and communes of 2025-07-01 as if they had always stood so; branches."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date

from benchmarks.country.draw import Draw
from events.ids import fixed_id
from events.log.recorded import NewEvent
from events.types.base import Payload
from events.types.units import UnitDissolved, UnitDivided, UnitEstablished, UnitMerged, UnitRenamed
from flows.units.official import TWO_LEVELS_SINCE, official_lists, official_units

BRANCHES = 230_000
SINCE = date(2021, 1, 1)

BRANCH_KINDS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Chi đoàn ấp {}", ("resident", "producer", "militia")),
    ("Chi đoàn khu phố {}", ("resident", "business_owner", "reservist")),
    ("Chi đoàn Doanh nghiệp {}", ("industrial_worker", "business_owner")),
    ("Chi đoàn Trường số {}", ("education", "pupil")),
    ("Chi đoàn lớp {}", ("pupil", "student")),
    ("Chi đoàn Cơ quan {}", ("civil_servant", "public_employee")),
    ("Chi đoàn Trạm Y tế {}", ("health", "public_employee")),
    ("Chi đoàn Tiểu đội {}", ("militia", "armed_forces")),
)
"""What branches are called, and the source groups that their people come from."""

CHANGED = 0.006
"""Share of branches that are renamed, merged, split or dissolved in a year."""


@dataclass(slots=True)
class Branch:
    """A branch of a commune, and how many events stand about it; its `number` says in which quarter it reports."""

    unit: str
    commune: str
    number: int
    kind: int
    members: int
    changes: int = 1
    alive: bool = True


@dataclass(frozen=True)
class Commune:
    """A commune with its branches."""

    unit: str
    branches: tuple[Branch, ...]


@dataclass(frozen=True)
class Province:
    """A province with its communes."""

    unit: str
    communes: tuple[Commune, ...]


def established(draw: Draw, scale: float) -> tuple[list[Province], Iterator[NewEvent]]:
    """The provinces with all below them, and the events that establish them, parents first.

    Every province keeps that share of its communes, at least one.
    """
    draw.go_to(SINCE)
    with closing(official_lists()) as lists:
        codes = [code for (code,) in lists.execute("select distinct provinceCode from admin_units order by 1")]
    told = []
    for code in codes:
        top, *communes = official_units(code, TWO_LEVELS_SINCE)
        told.append((top, communes[: max(1, round(len(communes) * scale))]))
    wanted, places = round(BRANCHES * scale), sum(len(communes) for _, communes in told)
    units: list[UnitEstablished] = []
    provinces, number, place = [], 0, 0
    for top, rows in told:
        units.append(UnitEstablished(_id(top.code), top.code, top.name, "province", 1, SINCE))
        above, below = units[-1].unit, list[Commune]()
        for row in rows:
            units.append(UnitEstablished(_id(row.code), row.code, row.name, "commune", 3, SINCE, above))
            commune, branches = units[-1].unit, list[Branch]()
            place += 1
            while number < wanted * place // places:
                kind = draw.below(len(BRANCH_KINDS))
                nth = len(branches) + 1
                name = BRANCH_KINDS[kind][0].format(nth)
                code = f"{row.code}-{nth:02}"
                units.append(UnitEstablished(_id(code), code, name, "branch", 4, SINCE, commune))
                branches.append(Branch(units[-1].unit, commune, number, kind, 6 + draw.below(30)))
                number += 1
            below.append(Commune(commune, tuple(branches)))
        provinces.append(Province(above, tuple(below)))
    return provinces, (NewEvent(f"unit-{unit.unit}", 1, unit) for unit in units)


def _id(code: str) -> str:
    """As `nguon units load` names a unit."""
    return fixed_id("unit", code, SINCE.isoformat())


def reorganised(draw: Draw, commune: Commune, on: date) -> Iterator[NewEvent]:
    """What becomes of some of a commune's branches on a day: most of it new names, the rest ends."""
    for branch in commune.branches:
        if not branch.alive or not draw.chance(CHANGED):
            continue
        others = [other.unit for other in commune.branches if other.alive and other is not branch]
        order = f"{1 + draw.below(90)}-QĐ/ĐTN"
        change: Payload
        match draw.below(8):
            case 0 if len(others) > 1:
                change = UnitDivided(branch.unit, tuple(sorted(draw.random.sample(others, 2))), on, order)
            case 1 | 2 | 3 if others:
                change = UnitMerged(branch.unit, others[draw.below(len(others))], on, order)
            case 4:
                change = UnitDissolved(branch.unit, on, order)
            case _:
                change = UnitRenamed(branch.unit, f"Chi đoàn số {1 + draw.below(99)}", on, order)
        branch.alive = isinstance(change, UnitRenamed)
        branch.changes += 1
        yield NewEvent(f"unit-{branch.unit}", branch.changes, change)
