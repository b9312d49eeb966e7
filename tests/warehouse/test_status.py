"""How it stands with returns adds up to the figures of the report, for every unit of every tree."""

from collections import Counter
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine

from events.log.recorded import NewEvent
from events.types.units import UnitEstablished, UnitMerged, UnitMoved
from schemas.periods import Period, parse
from tests.warehouse.province import establish, record, small_province, submission, unit_id
from tests.warehouse.test_rollup import Told
from warehouse.facts.rollup import roll_up
from warehouse.returns.status import returned

PERIODS = ["2025Q1", "2025H1", "2025", "2024-06-15..2025-07-31"]


def assert_agrees(connection: Connection, period: Period, position: int) -> int:
    """Every unit and line of the tree has the figures that its returns add up to; how many lines there are."""
    tree, values = roll_up(connection, period, position)
    sums: Counter[tuple[str, str]] = Counter()
    for one in returned(connection, period, position):
        stands = {
            "expected": True,
            "received": one.submission,
            "counted": one.counts,
            "on_time": one.state == "on_time",
        }
        for unit in one.path:
            sums.update((unit, adds) for adds, holds in stands.items() if holds)
    for unit in tree:
        found = {adds: sums[unit.unit, adds] for adds in ("expected", "received", "counted", "on_time")}
        assert found == {adds: values[unit.unit].get(f"submissions.{adds}", 0) for adds in found}, (unit, period.code)
    assert {unit for unit, _ in sums} <= {unit.unit for unit in tree}
    for unit in tree:
        of_unit = returned(connection, period, position, unit.unit) if unit.depth == 1 else []
        assert len(of_unit) == sums[unit.unit, "expected"] or unit.depth != 1
    return sum(unit.undecidable for unit in tree)


@settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32))
def test_returns_add_up_to_the_figures_of_the_report(fresh_database: Engine, seed: int) -> None:
    told = Told(fresh_database, seed, people=2)
    with fresh_database.connect() as connection:
        for code in PERIODS:
            for position in (told.last, told.rng.choice(told.reported).position):
                assert_agrees(connection, parse(code), position)


def test_random_provinces_have_returns_on_lines(fresh_database: Engine) -> None:
    """What the test above rests on does happen."""
    lines = 0
    for seed in range(4):
        told = Told(fresh_database, seed, people=1)
        with fresh_database.connect() as connection:
            lines += assert_agrees(connection, parse("2025"), told.last)
    assert lines > 0


def test_what_is_owed_by_who_ended_stands_with_the_heirs(fresh_database: Engine) -> None:
    """Two districts become one in the middle of the year: the year's returns of both are the new one's."""
    on, new = date(2025, 7, 1), unit_id("900")
    begun = UnitEstablished(new, "900", "Huyện đoàn Mới", "district", 2, on, unit_id("83"))
    merged = [NewEvent(f"unit-{unit_id(code)}", 2, UnitMerged(unit_id(code), new, on)) for code in ("829", "831")]
    moved = [NewEvent(f"unit-{unit_id('28756')}", 2, UnitMerged(unit_id("28756"), unit_id("28757"), on))]
    placed = [
        NewEvent(f"unit-{unit_id(code)}", 2, UnitMoved(unit_id(code), above, on))
        for code, above in (
            *((code, new) for code in ("28757", "28807")),
            *((code, unit_id("28757")) for code in ("28756-01", "28756-02")),
        )
    ]
    came = submission("28756", "2025Q1", date(2025, 3, 3), form="activities")
    events = [*small_province(), *came, NewEvent(f"unit-{new}", 1, begun), *merged, *moved, *placed]
    position = record(fresh_database, events)
    with fresh_database.connect() as connection:
        assert_agrees(connection, parse("2025"), position)
        found = returned(connection, parse("2025"), position, new)
        states = Counter((one.code, one.state) for one in found if one.form == "activities" and one.path[-1] == new)
    # The old districts owe two quarters, the new one two more.
    assert states == {("829", "missing"): 2, ("831", "missing"): 2, ("900", "missing"): 2}
    of_commune = {(one.code, one.state) for one in found if one.path[-1] == unit_id("28757")}
    assert ("28756", "on_time") in of_commune


@pytest.mark.parametrize("period", ["2025Q1", "2025"])
def test_returns_stand_in_the_order_of_the_tree(fresh_database: Engine, period: str) -> None:
    position = record(fresh_database, [*small_province(), establish("28807-03", "28807", 4)])
    with fresh_database.connect() as connection:
        found = [one.code for one in returned(connection, parse(period), position)]
    codes = list(dict.fromkeys(found))
    assert codes[-3:] == ["28807-01", "28807-02", "28807-03"]
    assert found == [code for code in codes for _ in range(found.count(code))]
