"""Who may report in a unit's place, as of a period."""

from datetime import date

from sqlalchemy import Engine

from events.log.recorded import NewEvent
from events.types.units import UnitDissolved, UnitMerged, UnitMoved
from schemas.periods import parse
from tests.warehouse.province import record, small_province, unit_id
from warehouse.hierarchy import in_period

DAY = date(2025, 5, 15)


def test_only_who_stood_above_a_unit_in_the_period_may_report_in_its_place(fresh_database: Engine) -> None:
    branch, before, after = unit_id("28756-01"), unit_id("28756"), unit_id("28807")
    moved = NewEvent(f"unit-{branch}", 2, UnitMoved(branch, after, DAY))
    position = record(fresh_database, [*small_province(), moved])
    quarters = [parse(f"2025Q{number}") for number in (1, 2, 3)]
    with fresh_database.connect() as connection:
        found = in_period.may_act_for(connection, [(branch, quarter) for quarter in quarters], position)
    assert [{branch, before, after} & found[branch, quarter] for quarter in quarters] == [
        {branch, before},
        {branch, before, after},
        {branch, after},
    ]


def test_a_unit_is_without_an_heir_once_the_last_that_followed_it_has_ended(fresh_database: Engine) -> None:
    first, second, living = (unit_id(code) for code in ("28756-01", "28756-02", "28807-01"))
    merged = NewEvent(f"unit-{first}", 2, UnitMerged(first, second, DAY))
    ended = NewEvent(f"unit-{second}", 2, UnitDissolved(second, date(2025, 8, 1)))
    before = record(fresh_database, [*small_province(), merged])
    after = record(fresh_database, [ended])
    with fresh_database.connect() as connection:
        assert in_period.without_heir(connection, [first, living], before) == {}
        assert in_period.without_heir(connection, [first, living], after) == {first: date(2025, 8, 1)}
