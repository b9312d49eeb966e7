"""How the official units of a province came out of those before 2025-07-01, as changes to the units that are known.

The conversion of the package `vietnamadminunits` says of every new commune which old ones it took in, and which old
ones were divided among several new ones. Where it confuses communes of one name, they are told apart.
"""

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from flows.units.namesakes import Confusion, OldCommune, confusions
from flows.units.official import (
    TWO_LEVELS_SINCE,
    commune_union_of,
    official_data,
    official_lists,
    official_units,
)
from flows.units.reorganisation import Change
from warehouse.hierarchy import Unit

ON = TWO_LEVELS_SINCE


@dataclass(frozen=True)
class Commune:
    """A commune since ON, by codes: old ones that it took in whole, and whether it has parts of others."""

    code: str
    name: str
    whole: tuple[str, ...]
    has_parts: bool


@dataclass(frozen=True)
class Conversion:
    """A province since ON: the old provinces that it is made of, their districts, communes, and those divided.

    `doubtful` are the parts that the lists tell of and that are left out, since communes of one name are confused.
    """

    code: str
    name: str
    provinces: tuple[str, ...]
    districts: tuple[str, ...]
    communes: tuple[Commune, ...]
    divided: dict[str, tuple[str, ...]]
    doubtful: tuple[Confusion, ...]

    def goes(self, code: str) -> tuple[str, ...]:
        """The communes into which an old one went, by its code."""
        return self.divided.get(code) or tuple(commune.code for commune in self.communes if code in commune.whole)


def conversion(province_code: str) -> Conversion:
    """The conversion of a province that the lists have since ON. Raises UsageError `unknown_province`."""
    province = official_units(province_code, ON)[0]
    data = json.loads(official_data("converter_2025.json").read_text(encoding="utf-8"))
    with closing(official_lists()) as lists:
        lists.row_factory = sqlite3.Row
        new = lists.execute(
            "SELECT provinceKey, wardKey, wardCode, ward, wardLat, wardLon FROM admin_units WHERE provinceCode = ?"
            " ORDER BY wardCode",
            (province_code,),
        ).fetchall()
        key = new[0]["provinceKey"]
        old = lists.execute(
            "SELECT provinceKey, districtKey, wardKey, provinceCode, districtCode, district, wardCode, ward, wardLat,"
            " wardLon FROM admin_units_legacy WHERE provinceKey IN (SELECT value FROM json_each(?)) ORDER BY 4, 5, 7",
            (json.dumps(data["DICT_PROVINCE"][key]),),
        ).fetchall()
    communes = [_old(row) for row in old]
    code_of = {
        "_".join(row[part] or "" for part in ("provinceKey", "districtKey", "wardKey")): commune.code
        for row, commune in zip(old, communes, strict=True)
    }
    goes = _goes(data, key, code_of, {row["wardKey"]: row["wardCode"] for row in new})
    places = {row["wardCode"]: (row["wardLat"], row["wardLon"]) for row in new}
    doubtful = confusions(goes, {commune.code: commune for commune in communes}, places)
    for each in doubtful:
        goes[each.old.code].remove(each.new)
    whole: dict[str, list[str]] = defaultdict(list)
    for code, into in goes.items():
        if len(into) == 1:
            whole[into[0]].append(code)
    divided = {code: tuple(into) for code, into in goes.items() if len(into) > 1}
    in_parts = {code for into in divided.values() for code in into}
    return Conversion(
        province_code,
        province.name,
        tuple(dict.fromkeys(row["provinceCode"] for row in old)),
        tuple(code for code in dict.fromkeys(row["districtCode"] for row in old) if code not in goes),
        tuple(
            Commune(code, commune_union_of(row["ward"]), tuple(sorted(whole[code])), code in in_parts)
            for row in new
            for code in [row["wardCode"]]
        ),
        divided,
        tuple(doubtful),
    )


def _old(row: sqlite3.Row) -> OldCommune:
    # An island district without communes is taken in itself.
    place = None if row["wardLat"] is None else (row["wardLat"], row["wardLon"])
    code, name = row["wardCode"] or row["districtCode"], row["ward"] or row["district"]
    return OldCommune(code, name, row["districtCode"], row["district"], place)


def _goes(
    data: Mapping[str, Any], key: str, code_of: Mapping[str, str], new_code_of: Mapping[str, str]
) -> dict[str, list[str]]:
    """The new communes of a province into which each old one went, by codes, as the package says it."""
    goes: dict[str, list[str]] = {}
    for new, wards in data["DICT_PROVINCE_WARD_NO_DIVIDED"].get(key, {}).items():
        goes |= {code_of[ward]: [new_code_of[new]] for ward in wards}
    for ward, parts in data["DICT_PROVINCE_WARD_DIVIDED"].get(key, {}).items():
        goes[code_of[ward]] = sorted(new_code_of[part["newWardKey"]] for part in parts)
    return goes


def changes(of: Conversion, before: Sequence[Unit], after: Sequence[Unit]) -> list[Change]:
    """What happens to the known units on ON; `before` is the tree of the day before, `after` that of ON as known now.

    What is not known is left out. Units under those that end go to the successor; under one that was divided nobody
    says where they belong, so they stand directly under the province (see `unplaced`) until somebody moves them.
    """
    known = {unit.code: unit for unit in before}
    fates = {change.code: change for change in _fates(of, known)}
    top = next((unit.code for unit in after if unit.kind == "central" and unit.depth == 0), None)
    return [*_new(of, known, top), *fates.values(), *_followers(of, before, after, fates)]


def unplaced(of: Conversion, before: Sequence[Unit], after: Sequence[Unit]) -> list[Unit]:
    """The units that stood under a divided commune and stand directly under the province on ON, as known now."""
    province = {unit.unit for unit in after if unit.code == of.code}
    ids = {unit.unit for unit in before if unit.code in of.divided}
    candidates = {unit.unit for unit in before if unit.parent in ids}
    return [unit for unit in after if unit.unit in candidates and unit.parent in province]


def _continues(of: Conversion) -> bool:
    return of.provinces == (of.code,)


def _survivor(commune: Commune, known: dict[str, Unit]) -> str | None:
    """The code of the old commune that lives on, with nothing added or taken away."""
    if len(commune.whole) == 1 and not commune.has_parts and commune.whole[0] in known:
        return commune.whole[0]
    return None


def _new(of: Conversion, known: dict[str, Unit], top: str | None) -> Iterator[Change]:
    """What begins, and what lives on under the province; `top` is the central Union's code, where it is known."""
    if not _continues(of):
        yield Change("establish", of.code, ON, of.name, top, kind="province", level=1)
    elif known[of.code].name != of.name:
        yield Change("rename", of.code, ON, of.name)
    for commune in of.communes:
        survivor = _survivor(commune, known)
        if survivor is None:
            yield Change("establish", commune.code, ON, commune.name, of.code, kind="commune", level=3)
            continue
        yield Change("move", survivor, ON, parent=of.code)
        if known[survivor].name != commune.name:
            yield Change("rename", survivor, ON, commune.name)
        if survivor != commune.code:
            yield Change("recode", survivor, ON, new_code=commune.code)


def _fates(of: Conversion, known: dict[str, Unit]) -> Iterator[Change]:
    """How each known unit of the lists ends that ends."""
    if not _continues(of):
        yield from (Change("merge", code, ON, successors=(of.code,)) for code in of.provinces if code in known)
    yield from (Change("dissolve", code, ON) for code in of.districts if code in known)
    for commune in of.communes:
        if _survivor(commune, known) is None:
            for code in commune.whole:
                if code in known:
                    yield Change("merge", code, ON, successors=(commune.code,))
    yield from (Change("split", code, ON, successors=into) for code, into in of.divided.items() if code in known)


def _followers(
    of: Conversion, before: Sequence[Unit], after: Sequence[Unit], fates: dict[str, Change]
) -> Iterator[Change]:
    """The units under those that end, as far as nobody has placed them yet."""
    fate_of = {unit.unit: fates[unit.code] for unit in before if unit.code in fates}
    survivors = {code for commune in of.communes for code in commune.whole} - set(fates)
    parents_now = {unit.unit: unit.parent for unit in after}
    for unit in before:
        end = fate_of.get(unit.parent or "")
        if end is None or unit.unit in fate_of or unit.code in survivors:
            continue
        if parents_now.get(unit.unit) == unit.parent:
            yield Change("move", unit.code, ON, parent=end.successors[0] if end.change == "merge" else of.code)
