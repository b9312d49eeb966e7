"""The sample province: Bến Tre of mid-2025, with the other addressees of the letter and branches everywhere."""

from collections.abc import Iterator
from datetime import date
from random import Random

from flows.sample.places import DISTRICT_SCHOOL_BRANCHES, PLACES, SCHOOLS
from flows.units.official import official_units
from flows.units.rows import UnitRow

PROVINCE = "83"

SINCE = date(2024, 12, 1)
"""The day from which Bến Tre had 148 communes; the packaged lists of mid-2025 hold since then."""


def sample_units(seed: int) -> list[UnitRow]:
    """About 1,000 units, parents before children; the same seed gives the same tree. No real branch is meant."""
    random = Random(f"{seed}:tree")
    official = official_units(PROVINCE, SINCE)
    units = [*official, *_addressees()]
    for unit in official:
        if unit.kind == "district":
            units += _district_school(unit)
        elif unit.kind == "commune":
            units += _branches(unit, _commune_branches(unit, random))
    return units


def _addressees() -> Iterator[UnitRow]:
    for place in PLACES:
        yield UnitRow(place.code, place.name, place.kind, 2, PROVINCE, SINCE)
        for number, (name, branches) in enumerate(place.below.items(), start=1):
            grassroots = UnitRow(f"{place.code}-{number:02}", name, "grassroots", 3, place.code, SINCE)
            yield grassroots
            yield from _branches(grassroots, branches)
    for number, (name, faculties) in enumerate(SCHOOLS.items(), start=1):
        school = UnitRow(f"{PROVINCE}-S{number}", name, "school", 2, PROVINCE, SINCE)
        yield school
        yield from _branches(
            school, [f"Chi đoàn {'' if name == 'Giảng viên' else 'Khoa '}{name}" for name in faculties]
        )


def _district_school(district: UnitRow) -> Iterator[UnitRow]:
    place = district.name.partition("đoàn ")[2]
    school = UnitRow(f"{district.code}-S1", f"Đoàn trường THPT {place}", "grassroots", 3, district.code, SINCE)
    yield school
    yield from _branches(school, DISTRICT_SCHOOL_BRANCHES)


def _commune_branches(commune: UnitRow, random: Random) -> list[str]:
    kind = next(kind for kind in ("xã", "phường", "thị trấn") if commune.name.startswith(f"Đoàn {kind} "))
    place = commune.name.removeprefix(f"Đoàn {kind} ")
    part = "ấp" if kind == "xã" else "khu phố"
    parts = [f"Chi đoàn {part} {number}" for number in range(1, random.choice((2, 2, 3, 3, 4)) + 1)]
    named = f"Phường {place}" if place.isdigit() else place
    others = [
        f"Chi đoàn Cơ quan {kind}",
        f"Chi đoàn Trường THCS {named}",
        f"Chi đoàn Công an {kind}",
        "Chi đoàn Trạm Y tế",
    ]
    return [*parts, "Chi đoàn Quân sự", *random.sample(others, random.choice((0, 1, 1, 2)))]


def _branches(parent: UnitRow, names: list[str] | tuple[str, ...]) -> Iterator[UnitRow]:
    for number, name in enumerate(names, start=1):
        yield UnitRow(f"{parent.code}-{number:02}", name, "branch", 4, parent.code, SINCE)
