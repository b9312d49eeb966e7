"""Old communes of one name that the official conversion confuses: which parts of them can't be where it says.

The conversion was made out of resolutions that name communes, and a name stands for all that bear it: where a new
commune took in one of them, it is said to hold a part of the others too, however far away they lie.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import cos, dist, radians
from operator import itemgetter

Place = tuple[float, float]
"""Latitude and longitude in degrees."""

_KM = 111.2
"""Kilometres in a degree of latitude."""


@dataclass(frozen=True)
class OldCommune:
    """A commune before the conversion; `district` names its district, `place` is None where the lists know none."""

    code: str
    name: str
    district_code: str
    district: str
    place: Place | None


@dataclass(frozen=True)
class Confusion:
    """A new commune is said to hold a part of `old`, and it is its `namesake`'s; `km` lie between old and new."""

    old: OldCommune
    new: str
    namesake: OldCommune
    km: int | None


def confusions(
    goes: Mapping[str, Collection[str]], old: Mapping[str, OldCommune], places: Mapping[str, Place]
) -> list[Confusion]:
    """The impossible parts of a province: `goes` holds the new communes into which each old one went, all by code.

    Of namesakes said to be in one new commune those belong there from whose districts others went into it, or the old
    commune whose code it bears; where there is none of these, the nearest, if all places are known. What went into one
    only is never doubted, and of each something is left.
    """
    held: dict[str, list[OldCommune]] = defaultdict(list)
    for code, into in goes.items():
        for new in into:
            held[new].append(old[code])
    found = [
        Confusion(one, new, belonging, km(one.place, places.get(new)))
        for new, parts in held.items()
        for same in _namesakes(parts)
        for one, belonging in _apart(same, _home(new, parts, old), goes, places.get(new))
    ]
    parts_of: dict[str, int] = defaultdict(int)
    for each in found:
        parts_of[each.old.code] += 1
    return sorted(
        (each for each in found if parts_of[each.old.code] < len(goes[each.old.code])),
        key=lambda each: (each.old.code, each.new),
    )


def km(one: Place | None, other: Place | None) -> int | None:
    """The distance between two places."""
    if one is None or other is None:
        return None
    narrow = cos(radians(one[0]))
    return round(_KM * dist((one[0], one[1] * narrow), (other[0], other[1] * narrow)))


def _namesakes(parts: Sequence[OldCommune]) -> list[list[OldCommune]]:
    by_name: dict[str, list[OldCommune]] = defaultdict(list)
    for part in parts:
        by_name[part.name].append(part)
    return [same for same in by_name.values() if len(same) > 1]


def _home(new: str, parts: Sequence[OldCommune], old: Mapping[str, OldCommune]) -> set[str]:
    """The districts in which a new commune certainly lies."""
    doubted = {part.code for same in _namesakes(parts) for part in same}
    home = {part.district_code for part in parts if part.code not in doubted}
    return home | {old[new].district_code} if new in old else home


def _apart(
    same: Sequence[OldCommune], home: Collection[str], goes: Mapping[str, Collection[str]], place: Place | None
) -> Iterator[tuple[OldCommune, OldCommune]]:
    """Of communes of one name each that does not belong, with one that does."""
    belonging = [one for one in same if one.district_code in home or len(goes[one.code]) == 1]
    if not belonging:
        away = [(kilometres, one) for one in same if (kilometres := km(one.place, place)) is not None]
        belonging = [min(away, key=itemgetter(0))[1]] if len(away) == len(same) else list(same)
    yield from ((one, belonging[0]) for one in same if one not in belonging)
