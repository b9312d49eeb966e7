"""Time in the log: never backwards, never far ahead, and nobody is locked out, whatever the clocks do."""

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine

from events import log
from events.errors import TransientError
from events.log import appending
from tests.events.logs import fill


def move(engine: Engine, by: timedelta) -> None:
    """Let the server's clock be so far ahead, as if somebody had set it; by nothing, it is the log's own again."""
    ahead = f" + interval '{by.total_seconds()} seconds'" if by else ""
    with engine.begin() as connection:
        connection.exec_driver_sql(
            "create or replace function events.clock() returns timestamptz language sql volatile parallel safe"
            f" return clock_timestamp(){ahead}"
        )


def times(engine: Engine) -> list[datetime]:
    with engine.connect() as connection:
        return list(connection.exec_driver_sql("select recorded_at from events.event order by position").scalars())


@pytest.mark.parametrize("by", [timedelta(days=365), timedelta(minutes=6), timedelta(minutes=-6), timedelta(days=-365)])
def test_a_clock_that_is_far_off_is_refused_before_anything_is_written(fresh_database: Engine, by: timedelta) -> None:
    fill(fresh_database, 2)
    with fresh_database.connect() as connection:
        before = log.head(connection)
    move(fresh_database, by)
    with pytest.raises(TransientError) as raised:
        fill(fresh_database, 1)
    assert raised.value.key == "clocks_apart"
    with fresh_database.connect() as connection:
        assert log.head(connection) == before
    move(fresh_database, timedelta())
    assert fill(fresh_database, 1) == 3


def test_where_the_process_has_the_wrong_time_nothing_is_written_either(
    fresh_database: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(appending, "_now", lambda: datetime.now(UTC) - timedelta(days=1))
    with pytest.raises(TransientError, match="clocks_apart"):
        fill(fresh_database, 1)


def test_a_step_back_takes_the_heads_time_and_is_recorded(fresh_database: Engine) -> None:
    fill(fresh_database, 1)
    move(fresh_database, timedelta(minutes=4))
    fill(fresh_database, 1)
    move(fresh_database, timedelta())
    fill(fresh_database, 2)
    fill(fresh_database, 1)
    found = times(fresh_database)
    assert found == sorted(found) and len(set(found[1:])) == 1
    with fresh_database.connect() as connection:
        (row,) = connection.exec_driver_sql("select first, last, behind from events.skew").all()
    assert (row.first, row.last) == (3, 5)
    assert timedelta(minutes=3) < row.behind <= timedelta(minutes=4)


def test_a_clock_that_steps_while_many_append_loses_nothing(fresh_database: Engine) -> None:
    chance = random.Random(11)

    def append(_: int) -> int:
        return fill(fresh_database, 3)

    def step(_: int) -> None:
        move(fresh_database, timedelta(seconds=chance.randint(-240, 240)))

    def run(work: tuple[Callable[[int], object], int]) -> None:
        for number in range(work[1]):
            work[0](number)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(run, [(append, 15), (append, 15), (append, 15), (step, 25)]))
    found = times(fresh_database)
    assert len(found) == 135 and found == sorted(found)
