"""The end of a unit that was recorded wrongly is corrected on its own day, and nothing holds to what was wrong."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from events.errors import RefusedError, UsageError
from events.log.recorded import NewEvent
from flows.context import Context
from flows.units.telling import differences, history
from schemas.periods import parse
from tests.flows.changes_file import DAY, LATER, load, preview, row, small_province, superiors
from tests.warehouse.province import nominee
from tests.warehouse.province import record as append
from warehouse import hierarchy
from warehouse.facts.rollup import roll_up
from warehouse.hierarchy.in_period import may_act_for

ORDER = "1687/NQ-UBTVQH15"
EVE, AGAIN = DAY - timedelta(days=1), LATER + timedelta(days=30)


@pytest.fixture
def small(fresh_database: Engine, tmp_path: Path) -> Context:
    return small_province(fresh_database, tmp_path)


def ids(context: Context, on: date) -> dict[str, str]:
    with context.engine.connect() as connection:
        return {unit.code: unit.unit for unit in hierarchy.tree(connection, on, 10**9)}


def identified(context: Context, on: date) -> dict[str, int]:
    """Who was identified in the second quarter, by the units of a day's tree."""
    with context.engine.connect() as connection:
        tree, values = roll_up(connection, parse("2025Q2"), 10**9, on)
    found = {unit.code: values[unit.unit].get("identified", 0) or 0 for unit in tree}
    return {code: value for code, value in found.items() if value}


def nominate(context: Context, unit: str, on: date) -> None:
    said = nominee("", on).payload
    person = type(said)(said.subject, unit, on, "female", 2003, False, "resident", "0" * 64)  # type: ignore[attr-defined,call-arg]
    append(context.engine, [NewEvent(f"nomination-{person.subject}", 1, person)])  # type: ignore[attr-defined]


def succession(context: Context) -> list[tuple[str, str, date]]:
    """What analysts see, by the codes of the day before."""
    codes = {unit: code for code, unit in ids(context, EVE).items()}
    with context.engine.connect() as connection:
        rows = connection.execute(text("select unit::text, successor::text, on_date from analysis.succession"))
        return sorted((codes[row[0]], codes[row[1]], row[2]) for row in rows if row[0] in codes)


def ended(context: Context, before: date, after: date) -> dict[str, str | None]:
    with context.engine.connect() as connection:
        old, new = (hierarchy.tree(connection, on, 10**9) for on in (before, after))
        found = differences(connection, old, new, 10**9, after)
        return {one.code: one.now for one in found if one.what == "ended"}


def test_another_successor_on_the_same_day_takes_the_place_of_the_wrong_one(small: Context) -> None:
    wrong, right, unit = (ids(small, EVE)[code] for code in ("B-2", "A-3", "A-2"))
    nominate(small, unit, date(2025, 4, 10))
    assert load(small, row("merge", "A-2", successor="B-2")) == 1
    assert identified(small, DAY) == {"P": 1, "B": 1, "B-2": 1}
    assert load(small, row("merge", "A-2", successor="A-3", order=ORDER)) == 1
    assert load(small, row("merge", "A-2", successor="A-3", order=ORDER)) == 0
    assert identified(small, DAY) == {"P": 1, "A": 1, "A-3": 1}
    assert identified(small, EVE) == {"P": 1, "A": 1, "A-2": 1}
    assert ended(small, EVE, LATER) == {"A-2": "A-3"}
    assert succession(small) == [("A-2", "A-3", DAY)]
    with small.engine.connect() as connection:
        told = [fact for fact in history(connection, "A-2", 10**9) if fact.type == "UnitMerged"]
        may = may_act_for(connection, [(unit, parse("2025Q2"))], 10**9)[unit, parse("2025Q2")]
    assert [(fact.says["successors"], fact.withdrawn, fact.order) for fact in told] == [
        ("B-2", True, None),
        ("A-3", False, ORDER),
    ]
    assert right in may and wrong not in may


def test_a_correction_may_split_or_dissolve_instead(small: Context) -> None:
    load(small, row("merge", "A-2", successor="B-2"))
    assert load(small, row("split", "A-2", successor="A-3 B-3")) == 1
    assert succession(small) == [("A-2", "A-3", DAY), ("A-2", "B-3", DAY)]
    assert load(small, row("dissolve", "A-2")) == 1
    assert succession(small) == []
    assert load(small, row("merge", "A-2", successor="B-2")) == 1
    assert succession(small) == [("A-2", "B-2", DAY)]


def test_an_end_is_undone_with_those_who_were_moved_because_of_it(small: Context) -> None:
    before = superiors(small)
    nominate(small, ids(small, EVE)["A-1"], date(2025, 4, 10))
    moves = [row("move", f"A-1-{n}", parent="B-2") for n in (1, 2)]
    assert load(small, row("merge", "A-1", successor="B-2"), *moves) == 3
    back = [row("move", f"A-1-{n}", parent="A-1") for n in (1, 2)]
    assert load(small, row("undo", "A-1", order=ORDER), *back) == 3
    assert load(small, row("undo", "A-1", order=ORDER), *back) == 0
    assert superiors(small) == superiors(small, LATER) == before
    assert identified(small, DAY) == {"P": 1, "A": 1, "A-1": 1}
    assert (succession(small), ended(small, EVE, LATER)) == ([], {})
    with small.engine.connect() as connection:
        told = {fact.type: fact for fact in history(connection, "A-1", 10**9)}
        taken_over = [fact for fact in history(connection, "B-2", 10**9) if "took_in" in fact.says]
    assert (told["UnitMerged"].withdrawn, told["UnitRevived"].undoes) == (True, True)
    assert [fact.withdrawn for fact in taken_over] == [True]
    # And what was undone can be recorded again.
    assert load(small, row("merge", "A-1", successor="B-2"), *moves) == 3
    assert succession(small) == [("A-1", "B-2", DAY)]


def test_an_end_that_is_undone_under_a_superior_that_ended_says_where_the_unit_stands(small: Context) -> None:
    rows = [row("move", code, parent="B") for code in ("A-1", "A-3")]
    load(small, row("merge", "A-2", successor="A-3"), row("merge", "A", successor="B"), *rows)
    with pytest.raises(RefusedError, match="unit_superior_outside_life"):
        load(small, row("undo", "A-2"))
    assert load(small, row("undo", "A-2", parent="B")) == 1
    assert superiors(small)["A-2"] == "B"


def test_an_end_is_moved_to_an_earlier_day(small: Context) -> None:
    load(small, row("merge", "A-2", LATER, successor="B-2"))
    with pytest.raises(RefusedError, match="unit_changes_later"):
        load(small, row("merge", "A-2", successor="A-3"))
    load(small, row("undo", "A-2", LATER), row("merge", "A-2", successor="A-3"))
    assert all("A-2" not in superiors(small, on) for on in (DAY, LATER, AGAIN))
    assert succession(small) == [("A-2", "A-3", DAY)]
    assert ended(small, EVE, AGAIN) == {"A-2": "A-3"}


def test_an_end_is_moved_to_a_later_day(small: Context) -> None:
    load(small, row("merge", "A-2", successor="B-2"))
    load(small, row("undo", "A-2"), row("dissolve", "A-2", LATER))
    assert "A-2" in superiors(small, DAY) and "A-2" not in superiors(small, LATER)
    assert succession(small) == []


@pytest.mark.parametrize("end", [row("dissolve", "A-2"), row("merge", "A-2", successor="A-3")])
def test_an_end_before_a_change_that_is_known_for_later_is_refused_and_names_it(
    small: Context, end: dict[str, str]
) -> None:
    load(small, row("rename", "A-2", LATER, name="Đoàn xã Mới"))
    with pytest.raises(RefusedError, match="unit_changes_later") as refused:
        load(small, end)
    assert refused.value.details["day"] == LATER.isoformat()
    assert refused.value.details["what"]("vi") == "đổi tên"  # type: ignore[operator]
    assert load(small, {**end, "on": (LATER + timedelta(days=1)).isoformat()}) == 1


def test_an_end_before_a_change_that_is_set_back_in_the_same_file_is_possible(small: Context) -> None:
    load(small, row("rename", "A-2", LATER, name="Đoàn xã Mới"))
    assert load(small, row("rename", "A-2", LATER, name="Đoàn xã A2"), row("merge", "A-2", successor="A-3")) == 2
    assert "A-2" not in superiors(small, AGAIN)


def test_a_merger_learned_after_the_reorganisation_that_followed_it_comes_to_the_same(small: Context) -> None:
    """In December a commune merges, in July its district ends: whichever is learned first."""
    first = [
        row("merge", "A-1", successor="A-3"),
        *(row("move", f"A-1-{n}", parent="A-3") for n in (1, 2)),
    ]
    second = [row("dissolve", "A", LATER), *(row("merge", code, LATER, successor="B-2") for code in ("A-2", "A-3"))]
    load(small, row("move", "A-1", LATER, parent="P"), *second)
    nominate(small, ids(small, EVE)["A-1-1"], date(2025, 4, 10))
    # Of the branches that are moved under A-3 nobody has said yet where they go when it ends.
    missing = preview(small, *first).problems
    rows = [row("move", str(one.details["unit"]), LATER, parent=str(one.details["parent"])) for one in missing]
    assert [(one["code"], one["parent"]) for one in rows] == [("A-1-1", "B-2"), ("A-1-2", "B-2")]
    load(small, *first, *rows)
    found = {on: superiors(small, on) for on in (EVE, DAY, LATER)}
    assert "A-1" in found[EVE]
    assert found[DAY] == {code: above for code, above in found[EVE].items() if code != "A-1"} | {
        "A-1-1": "A-3",
        "A-1-2": "A-3",
    }
    assert [found[LATER][code] for code in ("A-1-1", "A-1-2", "B-2")] == ["B-2", "B-2", "B"]
    assert identified(small, LATER) == {"P": 1, "B": 1, "B-2": 1, "A-1-1": 1}


def test_of_a_unit_that_lived_again_only_the_last_end_by_the_day_is_told(small: Context) -> None:
    load(small, row("merge", "A-2", successor="B-2"))
    load(small, row("revive", "A-2", LATER))
    load(small, row("merge", "A-2", AGAIN, successor="A-3"))
    assert ended(small, EVE, DAY) == {"A-2": "B-2"}
    assert ended(small, EVE, AGAIN) == ended(small, LATER, AGAIN) == {"A-2": "A-3"}
    assert ended(small, EVE, LATER) == {}


def test_nothing_is_undone_where_nothing_ended(small: Context) -> None:
    with pytest.raises(RefusedError, match="unit_lives_already"):
        load(small, row("undo", "A-2"))
    with pytest.raises(UsageError, match="unknown_unit"):
        load(small, row("undo", "Z-2"))


def test_a_preview_tells_what_a_correction_changes_and_records_nothing(small: Context) -> None:
    load(small, row("merge", "A-2", successor="B-2"))
    with small.engine.connect() as connection:
        head = connection.execute(text("select position from events.head")).scalar_one()
    plan = preview(small, row("undo", "A-2"), row("dissolve", "B-3"))
    (day,) = plan.days
    assert [(one.what, one.code) for one in day.differences] == [("ended", "B-3"), ("again", "A-2")]
    assert (day.was, day.now, len(plan.new)) == (10, 10, 2)
    ((other,),) = (day.differences for day in preview(small, row("merge", "A-2", successor="A-3")).days)
    assert (other.what, other.code, other.was, other.now) == ("succeeded", "A-2", "B-2", "A-3")
    with small.engine.connect() as connection:
        assert connection.execute(text("select position from events.head")).scalar_one() == head
    assert "A-2" not in superiors(small) and "B-3" in superiors(small)
    assert preview(small, row("merge", "A-2", successor="B-2")).new == ()
