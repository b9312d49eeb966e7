"""The Union's tree follows the packaged official lists, before and after the district level ended."""

from datetime import date

import pytest

from events.errors import UsageError
from flows.units.official import TWO_LEVELS_SINCE, official_units

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
