"""SQL that reads what events say reads it in the current version of their types, or not at all."""

import re
from pathlib import Path

import pytest
from sqlalchemy import Engine

from events import log
from events.log import recorded
from events.log.current import keep_upcast
from events.log.ladder import LADDER
from events.log.recorded import NewEvent, UnknownEvent
from events.types.returns import TargetSet
from tests.actors import TESTER
from tests.causes import caused

ROOT = Path(__file__).parents[2]
UNIT = "019a0000-0000-7000-8000-000000000001"


def statements() -> dict[str, str]:
    """What every file of ours that may hold SQL says, by its place."""
    rooms = [ROOT / room for room in ("events", "schemas", "warehouse", "reports", "flows")]
    files = [file for room in rooms for suffix in ("sql", "py") for file in room.rglob(f"*.{suffix}")]
    return {str(file.relative_to(ROOT)): file.read_text(encoding="utf-8") for file in files}


def test_only_the_range_that_is_brought_up_at_once_reads_what_the_log_itself_says() -> None:
    field, whole_log = re.compile(r"\{\{?data\b|->>?\s*'data'"), re.compile(r"\bevents\.event\b")
    reading = {name for name, said in statements().items() if field.search(said) and whole_log.search(said)}
    # Of facts, the law of sources reads nothing but how they begin: their cause, which no version changes.
    assert reading == {"warehouse/projections/told.sql", "events/checks/laws/20_source.sql"}


@pytest.fixture
def targets(fresh_database: Engine) -> Engine:
    """A log of three targets of version 1."""
    with fresh_database.begin() as connection:
        log.append(
            connection,
            caused(connection, [NewEvent("plan-a", n, TargetSet(UNIT, 2026, "admitted", n)) for n in (1, 2, 3)]),
            TESTER,
        )
    return fresh_database


def test_without_a_ladder_nothing_is_kept(targets: Engine) -> None:
    with targets.begin() as connection:
        assert not keep_upcast(connection)
        assert connection.exec_driver_sql("select to_regclass('pg_temp.upcast')").scalar() is None


def test_what_is_older_is_kept_as_it_would_be_written_today(targets: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(LADDER, "TargetSet", (lambda data: data | {"value": data["value"] * 10},))
    recorded._kind.cache_clear()
    try:
        with targets.begin() as connection:
            log.append(
                connection, caused(connection, [NewEvent("plan-a", 4, TargetSet(UNIT, 2026, "admitted", 4))]), TESTER
            )
            assert keep_upcast(connection, 1, 4)
            kept = connection.exec_driver_sql(
                "select position, (u.body #>> '{data,value}')::integer, u.body ->> 'v', e.body::text = replace("
                "  replace(u.body::text, '\"v\":2', '\"v\":1'), '0,\"year\"', ',\"year\"')"
                " from upcast u join events.event e using (position) order by position"
            ).all()
            assert kept == [(2, 20, "2", True), (3, 30, "2", True)]
            assert not keep_upcast(connection, 3), "written today"
    finally:
        recorded._kind.cache_clear()


def test_a_version_from_the_future_is_refused(targets: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    up = (lambda data: data, lambda data: data)
    monkeypatch.setitem(LADDER, "TargetSet", up)
    recorded._kind.cache_clear()
    with targets.begin() as connection:
        log.append(
            connection, caused(connection, [NewEvent("plan-a", 4, TargetSet(UNIT, 2026, "admitted", 4))]), TESTER
        )
    monkeypatch.setitem(LADDER, "TargetSet", up[:1])
    recorded._kind.cache_clear()
    with targets.begin() as connection, pytest.raises(UnknownEvent):
        keep_upcast(connection)
    monkeypatch.undo()
    recorded._kind.cache_clear()
