"""How far the warehouse is behind is seen without moving it."""

from sqlalchemy import Engine

from events import log
from tests.actors import TESTER
from tests.warehouse.province import small_province
from warehouse.projections.lag import Projected, projected
from warehouse.projections.project import project, project_range


def lag(engine: Engine) -> dict[str, Projected]:
    with engine.connect() as connection:
        return {one.table: one for one in projected(connection)}


def test_an_empty_log_has_nothing_that_lags(fresh_database: Engine) -> None:
    found = lag(fresh_database)
    assert {(one.position, one.behind, one.waiting_since, one.rows) for one in found.values()} == {(0, 0, None, 0)}
    assert "step" in found
    assert "checkpoint" not in found


def test_what_waits_is_counted_and_dated_by_the_oldest_event(fresh_database: Engine) -> None:
    events = small_province()
    for event in events:
        with fresh_database.begin() as connection:
            log.append(connection, [event], TESTER)
    with fresh_database.begin() as connection:
        project_range(connection, 4)
    with fresh_database.connect() as connection:
        times = list(connection.exec_driver_sql("select recorded_at from events.event order by position").scalars())
    for _ in range(2):  # asking moves nothing
        units = lag(fresh_database)["unit_change"]
        assert (units.position, units.behind, units.waiting_since, units.rows) == (4, len(events) - 4, times[4], 4)
    project(fresh_database)
    units = lag(fresh_database)["unit_change"]
    assert (units.position, units.behind, units.waiting_since, units.rows) == (len(events), 0, None, len(events))
