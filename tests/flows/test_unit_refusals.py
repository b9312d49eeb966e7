"""Impossible trees are refused, and whoever is refused learns everything that is wrong and what is missing."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from events.errors import NguonError, RefusedError, UsageError
from flows.context import Context
from flows.units import loading
from flows.units.rows import UnitRow
from schemas.messages.translation import text as said
from tests.flows.changes_file import DAY, LATER, SINCE, load, preview, row, small_province, superiors
from warehouse import hierarchy

BRANCH = {"name": "Chi đoàn Mới", "kind": "branch", "level": "4"}


@pytest.fixture
def small(fresh_database: Engine, tmp_path: Path) -> Context:
    return small_province(fresh_database, tmp_path)


IMPOSSIBLE = {
    "a branch without a superior": ("unit_without_superior", [row("establish", "X", **BRANCH)]),
    "a commune into a branch": ("unit_successor_rank", [row("merge", "A-2", successor="A-1-1")]),
    "a branch into a district": ("unit_successor_rank", [row("merge", "A-1-1", successor="B")]),
    "a commune into a district": ("unit_successor_rank", [row("merge", "A-2", successor="B")]),
    "a split into oneself": ("unit_succeeds_itself", [row("split", "A-2", successor="A-2 A-3")]),
    "a split into one's branches": ("unit_successor_rank", [row("split", "A-1", successor="A-3 A-1-1")]),
    "a branch at a district's level": (
        "unit_kind_level",
        [row("establish", "X", parent="P", **(BRANCH | {"level": "2"}))],
    ),
    "a province of level 3": ("unit_kind_level", [row("reclassify", "A-2", kind="province", level="3")]),
    "a second central Union below": ("unit_kind_level", [row("reclassify", "A", kind="central", level="2")]),
    "a day before the Union": ("unit_day", [row("rename", "A-2", date(1925, 5, 1), name="Đoàn xã Xưa")]),
    "a mistyped year": ("unit_day", [row("dissolve", "A-2", date(2925, 5, 1))]),
    "two ends of one unit": (
        "unit_two_ends",
        [row("merge", "A-2", successor="A-3"), row("merge", "A-2", successor="B-3")],
    ),
}


def problems(error: NguonError) -> list[NguonError]:
    return list(error.parts or [error])


@pytest.mark.parametrize("what", IMPOSSIBLE)
def test_an_impossible_tree_is_refused_in_both_languages_and_nothing_is_recorded(small: Context, what: str) -> None:
    key, rows = IMPOSSIBLE[what]
    before = superiors(small, LATER)
    with pytest.raises(RefusedError) as refused:
        load(small, row("rename", "B-1", name="Đoàn xã Khác"), *rows)
    found = [problem for problem in problems(refused.value) if problem.key == key]
    assert found, refused.value.parts
    for problem in problems(refused.value):
        assert problem.details["line"] in range(3, 3 + len(rows))
        for language in ("vi", "en"):
            assert "Nothing was recorded" in (told := said(f"error.{problem.key}", language, **problem.details)) or (
                "Không ghi gì" in told
            )
    assert superiors(small, LATER) == before


def test_what_is_possible_stays_possible(small: Context) -> None:
    rows = [
        row("establish", "K", parent="P", name="Đoàn Khối", kind="bloc", level="2"),
        row("establish", "K-1", parent="K", name="Chi đoàn cơ sở Sở Y tế", kind="branch", level="3"),
        row("establish", "X", parent="P", name="Đoàn xã X", kind="commune", level="2"),
        row("merge", "A-2", successor="X"),
        row("merge", "A-1-1", successor="K-1"),
        row("merge", "A", successor="K"),
        row("move", "A-1", parent="B"),
        row("move", "A-3", parent="B"),
    ]
    assert load(small, *rows) == 8


def test_a_province_stands_alone_or_under_the_central_union(small: Context) -> None:
    top = UnitRow("TW", "Trung ương Đoàn", "central", 0, None, SINCE)
    other = UnitRow("Q", "Tỉnh đoàn Q", "province", 1, "TW", SINCE)
    assert loading.load(small, [top, other, UnitRow("R", "Tỉnh đoàn R", "province", 1, None, SINCE)]) == 3
    assert load(small, row("move", "P", parent="TW")) == 1
    found = superiors(small)
    assert [found[code] for code in ("TW", "Q", "P", "R", "A")] == ["", "TW", "TW", "", "P"]
    with small.engine.connect() as connection:
        (first, *_) = hierarchy.tree(connection, DAY, 10**9)
    assert (first.kind, first.level) == ("central", 0)


def test_all_problems_are_told_at_once_with_their_lines(small: Context) -> None:
    rows = [
        row("merge", "A-9", successor="A-3"),
        row("revive", "A-2"),
        row("recode", "A-1", new_code="B-1"),
        row("move", "A-3", parent="Z"),
        row("rename", "b_1", name="X"),
        row("abolish", "B-2"),
    ]
    plan = preview(small, *rows)
    found = [(problem.details["line"], problem.key) for problem in plan.problems]
    assert found == [
        (2, "unknown_unit"),
        (3, "unit_lives_already"),
        (4, "unit_code_taken"),
        (5, "unknown_unit"),
        (6, "units_file_value"),
        (6, "units_file_value"),
        (7, "units_file_value"),
    ]
    taken = plan.problems[2].details
    assert (taken["unit"], taken["code"], taken["other"], taken["day"]) == ("A-1", "B-1", "B-1", SINCE.isoformat())
    assert taken["other_name"] == "Đoàn xã B1"
    with pytest.raises(UsageError, match="units_refused") as refused:
        load(small, *rows)
    assert [problem.key for problem in refused.value.parts] == [key for _, key in found]


def test_of_what_was_not_understood_nothing_else_is_said(small: Context) -> None:
    """The rows that would have moved what is under a unit that ends are there, but one cannot be read."""
    moves = [row("move", "A-1-1", parent="A-3"), row("move", "A-1-2", parent="A 3")]
    plan = preview(small, row("merge", "A-1", successor="A-3"), *moves)
    assert [(problem.details["line"], problem.key) for problem in plan.problems] == [(4, "units_file_value")]


def test_a_reorganisation_learned_late_lists_every_unit_that_is_still_to_be_moved(small: Context) -> None:
    load(small, *(row("establish", f"A-2-{n}", LATER, parent="A-2", **BRANCH) for n in range(9)))
    merge = [row("merge", code, successor="A-3") for code in ("A-1", "A-2")]
    plan = preview(small, *merge)
    missing = [(p.details["unit"], p.details["name"], p.details["on"], p.details["line"]) for p in plan.problems]
    assert {p.key for p in plan.problems} == {"unit_superior_outside_life"}
    assert missing[:2] == [("A-1-1", "Chi đoàn 1", DAY.isoformat(), 2), ("A-1-2", "Chi đoàn 2", DAY.isoformat(), 2)]
    assert [(code, on, line) for code, _, on, line in missing[2:]] == [
        (f"A-2-{n}", LATER.isoformat(), 3) for n in range(9)
    ]
    assert {problem.details["parent"] for problem in plan.problems} == {"A-3"}
    moves = [row("move", str(code), date.fromisoformat(str(on)), parent="A-3") for code, _, on, _ in missing]
    assert load(small, *merge, *moves) == 13


def test_chained_mergers_of_one_day_lead_to_who_is_left(small: Context) -> None:
    chain = [row("merge", "B-1", successor="B-2"), row("merge", "B-2", successor="B-3")]
    assert load(small, *chain) == 2
    assert load(small, *chain) == 0
    with small.engine.connect() as connection:
        codes = {unit.unit: unit.code for unit in hierarchy.tree(connection, SINCE, 10**9)}
        rows = connection.execute(text("select unit::text, successor::text from analysis.succession"))
        assert sorted((codes[one], codes[other]) for one, other in rows) == [("B-1", "B-3"), ("B-2", "B-3")]


def test_a_chain_that_leads_nowhere_is_told_so(small: Context) -> None:
    with pytest.raises(UsageError, match="unit_successor_ends") as refused:
        load(small, row("merge", "B-1", successor="B-2"), row("dissolve", "B-2"))
    assert (refused.value.details["unit"], refused.value.details["other"]) == ("B-1", "B-2")
    with pytest.raises(RefusedError) as circle:
        load(small, row("merge", "B-1", successor="B-2"), row("merge", "B-2", successor="B-1"))
    assert [problem.key for problem in circle.value.parts] == ["unit_succeeds_itself"] * 2


@pytest.mark.parametrize(
    "early",
    [
        row("rename", "A-2", SINCE - timedelta(days=9), name="Đoàn xã Sớm"),
        row("dissolve", "A-2", SINCE - timedelta(days=9)),
    ],
)
def test_a_unit_that_begins_only_later_is_told_so(small: Context, early: str) -> None:
    with pytest.raises(RefusedError, match="unit_outside_life") as refused:
        load(small, early)
    told = said("error.unit_outside_life", "vi", **refused.value.details)
    assert f"chỉ thành lập từ ngày {SINCE.isoformat()}" in told


@pytest.mark.parametrize("number", ["12-NQ/ĐTN", "1326/2022-QĐ", "1687/NQ-UBTVQH15", "356/2025/NĐ-CP", "91/2025/QH15"])
def test_documents_are_numbered_as_the_state_and_the_union_write_them(small: Context, number: str) -> None:
    assert load(small, row("rename", "A-2", name="Đoàn xã Mới", order=number)) == 1


def test_codes_in_small_letters_name_the_same_units(small: Context) -> None:
    assert load(small, row("establish", "a-9", parent="a", name="Đoàn xã A9", kind="commune", level="3")) == 1
    assert load(small, row("merge", "a-2", successor="a-3")) == 1
    assert superiors(small)["A-9"] == "A"
