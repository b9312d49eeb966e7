"""The Union's units of a province from the packaged official lists of administrative units (`vietnamadminunits`)."""

import sqlite3
from contextlib import closing
from datetime import date
from importlib.util import find_spec
from pathlib import Path

from events.errors import NguonError, UsageError
from flows.units.rows import UnitRow

TWO_LEVELS_SINCE = date(2025, 7, 1)
"""The day on which the district level ended."""

_UNION = {
    "Tỉnh": "Tỉnh đoàn",
    "Thành phố": "Thành đoàn",
    "Quận": "Quận đoàn",
    "Huyện": "Huyện đoàn",
    "Thị xã": "Thị đoàn",
}
_COMMUNES = ("Xã", "Phường", "Thị trấn", "Đặc khu")


def official_units(province_code: str, on: date) -> list[UnitRow]:
    """The province, its districts (before TWO_LEVELS_SINCE) and its communes, parents first; all known from `on`.

    The lists hold the tree as it stood just before and just after TWO_LEVELS_SINCE; for an older day that is the
    nearest they know. Five island districts have no communes. Raises UsageError `unknown_province`.
    """
    with closing(official_lists()) as lists:
        if on < TWO_LEVELS_SINCE:
            return _three_levels(lists, province_code, on)
        return _two_levels(lists, province_code, on)


def _three_levels(lists: sqlite3.Connection, province_code: str, on: date) -> list[UnitRow]:
    province = _province(lists, "admin_units_legacy", province_code, on)
    districts = lists.execute(
        "SELECT DISTINCT districtCode, district FROM admin_units_legacy WHERE provinceCode = ? ORDER BY 1",
        (province_code,),
    )
    communes = lists.execute(
        "SELECT wardCode, ward, districtCode FROM admin_units_legacy"
        " WHERE provinceCode = ? AND wardCode IS NOT NULL ORDER BY 3, 1",
        (province_code,),
    )
    return [
        province,
        *(UnitRow(code, union_of(name), "district", 2, province.code, on) for code, name in districts),
        *(UnitRow(code, commune_union_of(name), "commune", 3, district, on) for code, name, district in communes),
    ]


def _two_levels(lists: sqlite3.Connection, province_code: str, on: date) -> list[UnitRow]:
    province = _province(lists, "admin_units", province_code, on)
    communes = lists.execute(
        "SELECT wardCode, ward FROM admin_units WHERE provinceCode = ? ORDER BY 1", (province_code,)
    )
    return [
        province,
        *(UnitRow(code, commune_union_of(name), "commune", 3, province.code, on) for code, name in communes),
    ]


def _province(lists: sqlite3.Connection, table: str, code: str, on: date) -> UnitRow:
    names = dict(lists.execute(f"SELECT DISTINCT provinceCode, province FROM {table} ORDER BY 1"))
    if code not in names:
        raise UsageError("unknown_province", province=code, on=on, allowed=", ".join(names))
    return UnitRow(code, union_of(names[code]), "province", 1, None, on)


def union_of(place: str) -> str:
    """The union of "Thị xã Gò Công" is called "Thị đoàn Gò Công"."""
    kind, name = _parts(place, tuple(_UNION))
    return f"{_UNION[kind]} {name}"


def commune_union_of(place: str) -> str:
    """The union of "Thị trấn Mỏ Cày" is called "Đoàn thị trấn Mỏ Cày"."""
    kind, name = _parts(place, _COMMUNES)
    return f"Đoàn {kind.lower()} {name}"


def _parts(place: str, kinds: tuple[str, ...]) -> tuple[str, str]:
    # The lists write a few kinds with other capitals ("Thị Xã Buôn Hồ").
    kind = next(kind for kind in kinds if place.lower().startswith(f"{kind.lower()} "))
    return kind, place[len(kind) + 1 :]


def official_data(name: str) -> Path:
    """The path of a data file of the package. Raises NguonError `official_lists_missing`."""
    # Only the file is wanted: importing the package loads pandas.
    package = find_spec("vietnamadminunits")
    if package is None or package.origin is None:
        raise NguonError("official_lists_missing")
    return Path(package.origin).parent / "data" / name


def official_lists() -> sqlite3.Connection:
    """The lists: tables admin_units_legacy (before TWO_LEVELS_SINCE) and admin_units (since)."""
    dataset = official_data("dataset.db")
    return sqlite3.connect(f"{dataset.as_uri()}?mode=ro&immutable=1", uri=True)
