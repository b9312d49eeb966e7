"""The Union's tree follows the packaged official lists, before and after the district level ended."""

from collections import defaultdict
from contextlib import closing
from datetime import date

import pytest

from events.errors import UsageError
from flows.commands import official_conversion
from flows.terminal.answer import Table
from flows.units.conversions import Converted
from flows.units.namesakes import OldCommune, confusions, km
from flows.units.official import TWO_LEVELS_SINCE, official_lists, official_units
from flows.units.official_conversion import conversion

DISTRICTS_ENDED = [
    (date(2025, 6, 30), ["01", "31", "46", "48", "56", "75", "79", "83", "92"]),
    (TWO_LEVELS_SINCE, ["01", "46", "56", "79", "86", "92"]),
]


def test_ben_tre_in_mid_2025_has_nine_districts_and_148_communes() -> None:
    units = official_units("83", date(2025, 6, 30))
    assert [unit.kind for unit in units].count("district") == 9
    assert [unit.kind for unit in units].count("commune") == 148
    names = {unit.code: unit.name for unit in units}
    assert names["83"] == "Tỉnh đoàn Bến Tre"
    assert names["829"] == "Thành đoàn Bến Tre"
    assert names["831"] == "Huyện đoàn Châu Thành"
    assert names["28759"] == "Đoàn phường 8"
    assert names["28903"] == "Đoàn thị trấn Mỏ Cày"
    assert names["28858"] == "Đoàn xã Hữu Định"


def test_a_code_names_another_territory_after_the_district_level_ended() -> None:
    after = {unit.code: unit for unit in official_units("86", TWO_LEVELS_SINCE)}
    assert [unit.kind for unit in after.values()].count("commune") == 124
    assert "district" not in {unit.kind for unit in after.values()}
    assert after["28858"].name == "Đoàn phường Phú Tân"
    assert (after["28858"].parent_code, after["28858"].level) == ("86", 3)


@pytest.mark.parametrize(("on", "provinces"), DISTRICTS_ENDED)
def test_every_unit_of_a_province_has_its_parent_before_it(on: date, provinces: list[str]) -> None:
    for province in provinces:
        known: set[str] = set()
        for unit in official_units(province, on):
            assert unit.code not in known
            assert unit.on == on
            assert (unit.parent_code in known) if unit.level > 1 else unit.parent_code is None
            known.add(unit.code)
        assert len(known) > 20


def test_cities_and_towns_have_unions_of_their_own_kind() -> None:
    names = {unit.name for province in ("79", "66") for unit in official_units(province, date(2025, 6, 30))}
    assert {"Thành đoàn Hồ Chí Minh", "Quận đoàn 1", "Thành đoàn Thủ Đức", "Thị đoàn Buôn Hồ"} <= names


def test_a_province_that_the_list_of_the_day_lacks_is_refused_with_the_codes_that_it_has() -> None:
    with pytest.raises(UsageError) as refused:
        official_units("83", TWO_LEVELS_SINCE)
    assert refused.value.key == "unknown_province"
    assert "86" in str(refused.value.details["allowed"])


def test_in_the_whole_country_no_commune_has_a_part_where_only_its_namesake_lies() -> None:
    """Of 471 divisions 30 are of namesakes; every other part lies by another of its new commune, or in its district."""
    with closing(official_lists()) as lists:
        provinces = [code for (code,) in lists.execute("SELECT DISTINCT provinceCode FROM admin_units ORDER BY 1")]
        old = {
            code: (district, None if lat is None else (lat, lon))
            for code, district, lat, lon in lists.execute(
                "SELECT coalesce(wardCode, districtCode), districtCode, wardLat, wardLon FROM admin_units_legacy"
            )
        }
    found = [conversion(code) for code in provinces]
    doubtful = [each for one in found for each in one.doubtful]
    assert len({each.old.code for each in doubtful}) == 30 and len(doubtful) == 31
    assert sum(len(one.divided) for one in found) == 442
    # Of one, Phú Tân in Hậu Giang, the lists know no better than the place of the other.
    assert [each.old.code for each in doubtful if each.km is None or each.km < 20] == ["31379"]
    for one in found:
        members: dict[str, set[str]] = defaultdict(set)
        for commune in one.communes:
            members[commune.code] |= set(commune.whole)
        for code, into in one.divided.items():
            for new in into:
                members[new].add(code)
        for code, into in one.divided.items():
            for new in into:
                others = [old[other] for other in members[new] - {code}]
                distances = [km(old[code][1], place) for _, place in others]
                near = [away for away in distances if away is not None and away < 20]
                assert near or not others or old[code][0] in {district for district, _ in others}, (code, new)


def test_namesakes_go_where_their_districts_go_or_else_where_it_is_nearest() -> None:
    def commune(code: str, name: str, district: str, east: float) -> OldCommune:
        return OldCommune(code, name, district, district, (10.0, 106.0 + east))

    old = {
        one.code: one
        for one in (commune("1", "Xã A", "D", 0), commune("2", "Xã A", "E", 0.3), commune("3", "Xã B", "D", 0.01))
    }
    by_district = {"1": ["N", "M"], "2": ["M", "N"], "3": ["N"]}
    (left_out,) = confusions(by_district, old, {"N": (10.0, 106.0)})
    assert (left_out.old.code, left_out.new, left_out.namesake.code, left_out.km) == ("2", "N", "1", 33)
    whole = confusions({"1": ["N"], "2": ["M", "N"], "3": ["M"]}, old, {})
    assert [(each.old.code, each.new) for each in whole] == [("2", "N")]
    (nearest,) = confusions({"1": ["N", "M"], "2": ["N", "P"]}, old, {"N": (10.0, 106.29)})
    assert (nearest.old.code, nearest.new) == ("1", "N")
    assert confusions({"1": ["N", "M"], "2": ["P", "Q"]}, old, {}) == []


def test_an_officer_sees_what_is_doubtful_and_where_it_goes_instead() -> None:
    of = conversion("86")
    answer = official_conversion.answer(Converted(of, 504, (), of.doubtful), preview=True)
    (table,) = (part for part in answer.parts if isinstance(part, Table))
    assert table.rows[0] == (
        "Xã Hòa Lộc (28924), Huyện Mỏ Cày Bắc",
        "Đoàn xã Hòa Hiệp (29734)",
        "32",
        "Xã Hòa Lộc (29734), Huyện Tam Bình",
        "Đoàn xã Tân Thành Bình (28921)",
    )
    told = {"code": "28924", "left_out": "29734", "km": 32, "namesake": "29734", "goes": ("28921",)}
    assert answer.data["doubtful"][0] == told  # type: ignore[index]
