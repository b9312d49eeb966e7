"""Killed with SIGKILL at any moment of projecting, rebuilding or swapping, the warehouse ends as if undisturbed."""

import random
import time
from collections.abc import Callable

import pytest
from sqlalchemy import Connection, Engine, text

from events import database, log
from tests.actors import TESTER
from tests.causes import caused
from tests.killed import Killed, Tell
from tests.thoroughness import times
from tests.warehouse.histories import history
from tests.warehouse.province import record, small_province
from warehouse import rebuild, tables
from warehouse.projections import project

STEP = 9
"""Positions of a range here, so that there are many ranges to be killed in."""

PROJECTION_KILLS, REBUILD_KILLS, SWAP_KILLS = max(25, times(50)), times(12), times(12)

Digests = dict[str, tuple[int, int]]


def digests(engine: Engine) -> Digests:
    with engine.connect() as connection:
        return rebuild.digest(connection, "warehouse")


def url(engine: Engine) -> str:
    return engine.url.render_as_string(hide_password=False)


def next_range(connection: Connection) -> tuple[int, bool]:
    head, _ = log.head(connection)
    reached, _ = project.project_range(connection, min(head, project.reached(connection) + STEP))
    return reached, reached < head


def empty(engine: Engine) -> None:
    with engine.begin() as connection:
        for table in tables.metadata.sorted_tables:
            connection.execute(text(f"truncate {table.name}"))


def test_a_process_killed_while_projecting_leaves_whole_ranges(fresh_database: Engine) -> None:
    with fresh_database.begin() as connection:
        log.append(connection, caused(connection, [*small_province(), *history(random.Random(1), 120, "a")]), TESTER)
    undisturbed: dict[int, Digests] = {0: digests(fresh_database)}
    more = True
    while more:
        with fresh_database.begin() as connection:
            reached, more = next_range(connection)
        undisturbed[reached] = digests(fresh_database)
    assert len(undisturbed) > 40
    empty(fresh_database)
    place = url(fresh_database)

    def work(tell: Tell) -> None:
        engine = database.engine(place)
        more = True
        while more:
            tell("begun")
            with engine.begin() as connection:
                _, more = next_range(connection)
                tell("filled")
            tell("committed")

    rng, kills, seen = random.Random(2), 0, set()
    while kills < PROJECTION_KILLS:
        running = Killed(work)
        running.wait(rng.choice(("begun", "filled", "committed")), rng.randint(1, 3))
        time.sleep(rng.choice((0, rng.random() * 0.01)))
        kills += running.kill()
        with fresh_database.begin() as connection:
            project.hold(connection)  # until the server has noticed that nobody is there
            reached = project.reached(connection)
        seen.add(reached)
        now = digests(fresh_database)
        if reached:
            assert now == undisturbed[reached]
        if reached == max(undisturbed):
            empty(fresh_database)
    assert len(seen) > 10
    project.project(fresh_database)
    assert digests(fresh_database) == undisturbed[max(undisturbed)]


def told(function: Callable[[Connection], rebuild.Rebuilt], tell: Tell) -> Callable[[Connection], rebuild.Rebuilt]:
    """The same function, which tells when it begins and ends."""

    def telling(connection: Connection) -> rebuild.Rebuilt:
        tell("swapping")
        done = function(connection)
        tell("swapped")
        return done

    return telling


@pytest.mark.parametrize(
    ("steps", "kills"), [(("begun", "filling"), REBUILD_KILLS), (("swapping", "swapped"), SWAP_KILLS)]
)
def test_a_process_killed_while_rebuilding_or_swapping_leaves_the_tables_whole(
    fresh_database: Engine, monkeypatch: pytest.MonkeyPatch, steps: tuple[str, ...], kills: int
) -> None:
    record(fresh_database, [*small_province(), *history(random.Random(3), 60, "a")])
    undisturbed = digests(fresh_database)
    place, swap = url(fresh_database), rebuild._compare_and_swap
    monkeypatch.setattr(project, "RANGE", 60)

    def work(tell: Tell) -> None:
        engine = database.engine(place)
        monkeypatch.setattr(rebuild, "_compare_and_swap", told(swap, tell))
        while True:
            tell("begun")
            rebuild.rebuild(engine, lambda done, of: tell("filling"))

    rng = random.Random(4)
    for _ in range(kills):
        running = Killed(work)
        running.wait(rng.choice(steps), rng.randint(1, 2))
        time.sleep(rng.choice((0, rng.random() * 0.05)))
        assert running.kill()
        assert digests(fresh_database) == undisturbed
    last = rebuild.rebuild(fresh_database)
    assert last.differing == ()
    assert digests(fresh_database) == undisturbed
    with fresh_database.connect() as connection:
        left = connection.execute(text("select nspname from pg_namespace where nspname ~ '_(next|old)$'")).all()
    assert left == []
