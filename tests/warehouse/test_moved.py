"""Causes by unit: the events by which a unit's facts came into another figure, and no others."""

from collections import Counter
from datetime import date

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from events.log.recorded import NewEvent
from events.types.units import UnitDissolved, UnitMoved, UnitRenamed
from schemas.periods import parse
from tests.warehouse import unit_model as model
from tests.warehouse.province import nominee, record, small_province, unit_id
from tests.warehouse.test_hierarchy import DAYS, reorganised
from warehouse.facts.restatement import causes
from warehouse.facts.rollup import roll_up

FIGURES = (
    "identified",
    "members",
    "submissions.expected",
    "identified.unit_kind.commune",
    "identified.unit_kind.school",
)


def chain(events: list[model.Event], unit: str, on: date) -> set[str]:
    """A unit, those that follow it on a day, and the superiors of all of them."""
    found, waiting = set[str](), [unit]
    states, living = model.states(events, on), model.tree(events, on)
    while waiting:
        one = waiting.pop()
        if one in found:
            continue
        found.add(one)
        if one in living:
            waiting += living[one]
            continue
        after = model.followers(flip[1]) if (flip := model.last_flip(events, one, on)) else ()
        began = [s.on for _, s in events if s.unit == one and isinstance(s, model.BEGINS)]
        before = [s.unit for _, s in events if one in model.followers(s) and s.on in began]
        last = max((s.on for _, s in events if s.unit == one), default=on)
        above = [state.parent for state in (states.get(one), model.states(events, last).get(one)) if state]
        waiting += [*after, *before, *(parent for parent in above if parent)]
    return found


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32))
def test_every_event_named_is_about_a_unit_on_the_old_or_the_new_way(fresh_database: Engine, seed: int) -> None:
    province = reorganised(fresh_database, seed, 6)
    province.report()
    with fresh_database.connect() as connection:
        before = connection.exec_driver_sql("select position from events.head").scalar_one()
    known = list(province.events)
    for _ in range(4):
        province.attempt(province.random_reorganisation())
    after = max(before, *(position for position, _ in province.events))
    about = {position: said.unit for position, said in province.events}
    for period, on in ((parse("2025Q1"), parse("2025Q1").last), (parse("2025H1"), province.rng.choice(DAYS))):
        with fresh_database.connect() as connection:
            old, new = (roll_up(connection, period, position, on) for position in (before, after))
            for unit in {unit.unit for figures in (old, new) for unit in figures.tree} & set(province.ids):
                for code in FIGURES:
                    was, now = (figures.values[unit].get(code, 0) for figures in (old, new))
                    found = causes(connection, unit, period, code, before, after, on) if was != now else []
                    assert was + sum(cause.value for cause in found) == now
                    for cause in found:
                        assert cause.kind == "unit_change" and cause.positions, (unit, code)
                        assert all(before < position <= after for position in cause.positions)
                        reporters = [u for u in province.ids if cause.unit_code in _codes(province.events, u)]
                        ways = {
                            one
                            for reporter in reporters
                            for events in (known, province.events)
                            for day in (on, *(part.last for part in period.parts()))
                            for one in chain(events, reporter, day)
                        }
                        assert {about[position] for position in cause.positions} <= ways, (unit, code)


def _codes(events: list[model.Event], unit: str) -> set[str]:
    return {code for _, said in events if said.unit == unit and (code := getattr(said, "code", None))}


def test_of_all_that_happened_only_what_moved_the_figure_is_named(fresh_database: Engine) -> None:
    people = [nominee("28757-01", date(2025, 1, 5)), nominee("28756-01", date(2025, 1, 6))]
    before = record(fresh_database, [*small_province(), *people])
    on = date(2025, 2, 1)

    def event(code: str, payload: object, version: int = 2) -> NewEvent:
        return NewEvent(f"unit-{unit_id(code)}", version, payload)  # type: ignore[arg-type]

    after = record(
        fresh_database,
        [
            event("83", UnitRenamed(unit_id("83"), "Tỉnh đoàn Mới", on)),
            event("28756-02", UnitDissolved(unit_id("28756-02"), on)),
            event("28757", UnitMoved(unit_id("28757"), unit_id("831"), on)),
            event("28757-01", UnitRenamed(unit_id("28757-01"), "Chi đoàn Một", on)),
            event("28807", UnitRenamed(unit_id("28807"), "Đoàn xã Khác", on)),
        ],
    )

    def named(unit: str, code: str) -> list[tuple[int, tuple[int, ...]]]:
        with fresh_database.connect() as connection:
            found = causes(connection, unit_id(unit), parse("2025Q1"), code, before, after)
        return [(cause.value, cause.positions) for cause in found]

    assert named("831", "identified") == [(1, (before + 3,))]
    assert named("829", "identified") == [(-1, (before + 3,))]
    assert named("83", "submissions.expected") == [(-1, (before + 2,))]
    counted = Counter(position for _, positions in named("829", "submissions.expected") for position in positions)
    assert counted == {before + 2: 1, before + 3: 2}
