"""The status of several provinces, and of a year in the middle of which two become one."""

import json
from typing import Any

import pytest

from tests.flows.conftest import new_home
from tests.flows.nguon import Nguon

UNITS = """code,name,kind,level,parent,on
P,Tỉnh đoàn Một,province,1,,2025-01-01
P-1,Đoàn xã An,commune,3,P,2025-01-01
P-1-1,Chi đoàn ấp 1,branch,4,P-1,2025-01-01
Q,Tỉnh đoàn Hai,province,1,,2025-01-01
Q-1,Đoàn xã Bình,commune,3,Q,2025-01-01
Q-2,Đoàn xã Chung,commune,3,Q,2025-01-01
"""
CHANGES = """change,code,on,name,parent,new_code,successor,kind,level,order
establish,N,2025-07-01,Tỉnh đoàn Mới,,,,province,1,
merge,P,2025-07-01,,,,N,,,
merge,Q,2025-07-01,,,,N,,,
move,P-1,2025-07-01,,N,,,,,
move,Q-1,2025-07-01,,N,,,,,
split,Q-2,2025-07-01,,,,P-1 Q-1,,,
"""


@pytest.fixture(scope="module")
def two() -> Nguon:
    made = new_home()
    assert made("init").returncode == 0
    (made.home / "units.csv").write_text(UNITS, encoding="utf-8")
    loaded = made("units", "load", made.home / "units.csv")
    assert loaded.returncode == 0, loaded.stderr
    return made


def told(nguon: Nguon, *words: str) -> Any:
    found = nguon("status", *words, "--json")
    assert found.returncode == 0, found.stderr
    return json.loads(found.stdout)


def test_each_province_is_headed_by_its_name_with_its_total_before_what_all_add_up_to(two: Nguon) -> None:
    found = told(two, "2025Q1")
    assert [(root["name"], root["total"]["expected"]) for root in found["roots"]] == [
        ("Tỉnh đoàn Một", 2),
        ("Tỉnh đoàn Hai", 2),
    ]
    assert (found["total"]["expected"], found["beyond"]) == (4, [])
    shown = two("status", "2025Q1").stdout
    assert shown.index("Tỉnh đoàn Một, kỳ 2025Q1") < shown.index("Tỉnh đoàn Hai, kỳ 2025Q1") < shown.index("Tất cả")
    alone = two("status", "2025Q1", "--unit", "P").stdout
    assert "Tất cả" not in alone and "Tỉnh đoàn Hai" not in alone


def test_rows_and_total_of_a_year_are_of_one_tree(two: Nguon) -> None:
    (two.home / "changes.csv").write_text(CHANGES, encoding="utf-8")
    loaded = two("units", "load", two.home / "changes.csv")
    assert loaded.returncode == 0, loaded.stderr
    whole, below = told(two, "2025"), told(two, "2025", "--unit", "N")
    (root,) = whole["roots"]
    assert root["name"] == "Tỉnh đoàn Mới"
    assert root["total"]["expected"] == sum(row["expected"] for row in root["units"]) == whole["total"]["expected"]
    assert below["total"] == whole["total"] and len(below["returns"]) == whole["total"]["expected"]
    rows = {row["name"]: row["expected"] for row in root["units"]}
    # Of the old provinces nothing was owed for 2025: its rating is that of who stood at the end.
    assert rows == {
        "Tỉnh đoàn Mới": 1,
        "Đoàn xã An": 9,
        "Đoàn xã Bình": 4,
        "Đoàn xã Chung (không phân định được)": 2,
    }
