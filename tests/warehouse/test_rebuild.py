"""A rebuild equals the live tables, puts right what was wrong, and disturbs neither writers nor readers."""

import random
import threading
from datetime import date

import pytest
from sqlalchemy import Engine, text

from events import log
from tests.actors import TESTER
from tests.causes import caused
from tests.warehouse.histories import history
from tests.warehouse.province import nominee, record, small_province, step, submission
from warehouse import rebuild as rebuilding
from warehouse.projections import project as projection
from warehouse.projections.project import project, project_range
from warehouse.rebuild import digest, rebuild


def filled(engine: Engine) -> None:
    person = nominee("28756-01", date(2025, 1, 5))
    record(engine, [*small_province(), person, step(person, 2, "voted", date(2025, 2, 1))])
    record(
        engine,
        [step(person, 3, "voted", date(2025, 2, 2), supersedes=2), *submission("28756-01", "2025Q1", date(2025, 3, 1))],
    )


def digests(engine: Engine) -> dict[str, tuple[int, int]]:
    with engine.connect() as connection:
        return digest(connection, "warehouse")


def test_a_rebuild_equals_what_was_live(fresh_database: Engine) -> None:
    filled(fresh_database)
    before = digests(fresh_database)
    assert sum(rows for rows, _ in before.values()) > 15
    rebuilt = rebuild(fresh_database)
    assert rebuilt.differing == ()
    assert digests(fresh_database) == before


def test_a_rebuild_puts_right_what_was_wrong_and_names_it(fresh_database: Engine) -> None:
    filled(fresh_database)
    before = digests(fresh_database)
    with fresh_database.begin() as connection:
        connection.execute(text("update step set on_date = '2024-01-01'"))
        connection.execute(text("delete from submission"))
    assert set(rebuild(fresh_database).differing) == {"step", "submission"}
    assert digests(fresh_database) == before


def test_a_rebuild_that_was_cut_off_is_thrown_away(fresh_database: Engine) -> None:
    filled(fresh_database)
    with fresh_database.begin() as connection:
        connection.execute(text("create schema warehouse_next"))
        connection.execute(text("create table warehouse_next.step (half boolean)"))
        connection.execute(text("create schema warehouse_old_1"))
    assert rebuild(fresh_database).differing == ()
    with fresh_database.connect() as connection:
        schemas = connection.execute(text("select nspname from pg_namespace where nspname like 'warehouse%'"))
        assert [row.nspname for row in schemas] == ["warehouse"]


def test_rebuilding_while_others_write_and_read_shows_no_mixture(fresh_database: Engine) -> None:
    """Every reader sees each nominee with its identified step, whichever set of tables it meets."""
    record(fresh_database, [*small_province(), nominee("28756-01", date(2025, 1, 5))])
    done = threading.Event()
    troubles: list[object] = []

    def write() -> None:
        try:
            while not done.is_set():
                with fresh_database.begin() as connection:
                    people = [nominee("28756-01", date(2025, 1, 5)) for _ in range(3)]
                    log.append(connection, caused(connection, people), TESTER)
                project(fresh_database)
        except BaseException as trouble:
            troubles.append(trouble)

    def read() -> None:
        seen = 0
        try:
            while not done.is_set():
                with fresh_database.connect() as connection:
                    row = connection.execute(
                        text("select (select count(*) from nominee) as people, (select count(*) from step) as steps")
                    ).one()
                if row.people != row.steps or row.people < seen:
                    troubles.append((row, seen))
                seen = row.people
        except BaseException as trouble:
            troubles.append(trouble)

    threads = [threading.Thread(target=task) for task in (write, write, read)]
    for thread in threads:
        thread.start()
    results = [rebuild(fresh_database) for _ in range(5)]
    done.set()
    for thread in threads:
        thread.join()
    assert troubles == []
    assert [result.differing for result in results] == [()] * 5
    project(fresh_database)
    before = digests(fresh_database)
    rebuild(fresh_database)
    assert digests(fresh_database) == before
    assert before["nominee"][0] > 6


@pytest.mark.parametrize("seed", range(8))
def test_a_rebuild_at_any_position_during_writes_equals_the_live_tables(
    fresh_database: Engine, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    """The live tables are anywhere behind the log when it begins; between its ranges the log and they move on."""
    rng = random.Random(seed)
    monkeypatch.setattr(projection, "RANGE", rng.randint(5, 30))
    with fresh_database.begin() as connection:
        log.append(connection, caused(connection, [*small_province(), *history(rng, rng.randint(5, 40), "a")]), TESTER)
        head, _ = log.head(connection)
    with fresh_database.begin() as connection:
        project_range(connection, rng.randint(0, head))
    heads: list[int] = []

    def meanwhile(done: int, of: int) -> None:
        assert done <= of
        heads.append(of)
        if len(heads) < 6:
            with fresh_database.begin() as connection:
                log.append(connection, caused(connection, history(rng, rng.randint(1, 9), f"w{len(heads)}")), TESTER)
            if rng.random() < 0.5:
                with fresh_database.begin() as connection:
                    project_range(connection)

    rebuilt = rebuild(fresh_database, meanwhile)
    assert rebuilt.position > head
    assert rebuilt.differing == ()
    live = digests(fresh_database)
    with fresh_database.begin() as connection:
        for name in live:
            connection.execute(text(f"truncate {name}"))
    with fresh_database.connect() as connection:
        reached = 0
        while reached < rebuilt.position:
            reached, _ = project_range(connection, rebuilt.position)
            connection.commit()
    assert digests(fresh_database) == live


def test_no_reader_waits_for_the_swap_and_the_swap_for_no_reader(fresh_database: Engine) -> None:
    filled(fresh_database)
    count = text("select count(*) from step")
    with fresh_database.connect() as before, fresh_database.connect() as swapping, fresh_database.connect() as during:
        for session in (swapping, during):
            session.execute(text("set lock_timeout = '2s'"))
            session.commit()
        seen = before.execute(count).scalar_one()  # and stays in its transaction
        rebuilding._make(swapping)
        with swapping.begin():
            rebuilding._compare_and_swap(swapping)
            assert during.execute(count).scalar_one() == seen
            during.rollback()
        assert during.execute(count).scalar_one() == seen
        assert before.execute(count).scalar_one() == seen
