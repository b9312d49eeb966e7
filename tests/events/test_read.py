"""The log is read forwards, by range, stream, type or submission, and followed without a loss."""

import threading
import tracemalloc
from datetime import date

import pytest
from sqlalchemy import Engine

from events import log
from events.ids import new_id
from events.log import read
from events.log.recorded import Cause, NewEvent, Recorded
from events.types.policies import PolicySet
from events.types.submissions import SubmissionFoundValid, SubmissionReceived
from events.types.units import UnitRenamed
from tests.actors import TESTER

UNIT = "019a0000-0000-7000-8000-000000000001"


def target(stream: str, version: int) -> NewEvent:
    return NewEvent(stream, version, PolicySet("admitted", str(version), date(2025, 1, 1)))


def counted(stream: str, version: int) -> NewEvent:
    return NewEvent(stream, version, UnitRenamed(UNIT, f"Đơn vị {version}", date(2025, 1, 1)))


def positions(events: list[Recorded]) -> list[int]:
    return [event.position for event in events]


def test_events_are_read_by_range_stream_and_type(fresh_database: Engine) -> None:
    with fresh_database.begin() as connection:
        log.append(connection, [target("s-a", 1), counted("s-b", 1), target("s-b", 2), counted("s-a", 2)], TESTER)
        assert positions(list(read.read(connection))) == [1, 2, 3, 4]
        assert positions(list(read.read(connection, 1, 3))) == [2, 3]
        assert positions(list(read.read(connection, stream="s-a"))) == [1, 4]
        assert positions(list(read.read(connection, types=["PolicySet"]))) == [1, 3]
        assert positions(list(read.read(connection, 1, stream="s-a", types=["UnitRenamed"]))) == [4]


def test_a_submission_is_read_whole_and_alone(fresh_database: Engine) -> None:
    one, other = new_id(), new_id()
    received = [
        NewEvent(f"submission-{s}", 1, SubmissionReceived(s, date(2025, 3, 1), "0" * 64, 1)) for s in (one, other)
    ]
    found_valid = SubmissionFoundValid(
        one, UNIT, "2025Q1", "branch-quarterly", 1, date(2025, 3, 31), rows=2, rows_root="0" * 64, facts=2
    )
    facts = [NewEvent("s-a", n, counted("s-a", n).payload, cause=Cause(one, "membership", 3 + n)) for n in (1, 2)]
    with fresh_database.begin() as connection:
        log.append(connection, received, TESTER)
        log.append(connection, [NewEvent(f"submission-{one}", 2, found_valid, cause=Cause(one)), *facts], TESTER)
        log.append(connection, [target("s-z", 1)], TESTER)
        assert positions(read.of_submission(connection, one)) == [1, 3, 4, 5]
        assert positions(read.of_submission(connection, other)) == [2]
        assert read.of_submission(connection, new_id()) == []


def test_a_long_log_is_read_in_constant_memory(fresh_database: Engine) -> None:
    with fresh_database.begin() as connection:
        log.append(connection, (target("s-a", n) for n in range(1, 30_001)), TESTER)
    with fresh_database.connect() as connection:
        tracemalloc.start()
        assert sum(1 for _ in read.read(connection)) == 30_000
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert peak < 8 << 20


def test_a_follower_sees_every_event_once_and_in_order(fresh_database: Engine) -> None:
    def write(number: int) -> None:
        for n in range(1, 21):
            with fresh_database.begin() as connection:
                log.append(connection, [target(f"s-{number}", n)], TESTER)

    writers = [threading.Thread(target=write, args=(number,)) for number in range(3)]
    for writer in writers:
        writer.start()
    seen = []
    for event in read.follow(fresh_database, poll=0.2, idle=3):
        seen.append(event.position)
        if len(seen) == 60:
            break
    for writer in writers:
        writer.join()
    assert seen == list(range(1, 61))


def test_a_lost_notification_loses_nothing(fresh_database: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read, "CHANNEL", "where_nobody_speaks")
    following = read.follow(fresh_database, poll=0.1, idle=20)
    for n in (1, 2, 3):
        with fresh_database.begin() as connection:
            log.append(connection, [target("s-a", n)], TESTER)
        assert next(following).position == n


def test_a_notification_wakes_a_follower_long_before_it_would_look(fresh_database: Engine) -> None:
    """It would look again after an hour."""
    following = read.follow(fresh_database, poll=3600)
    with fresh_database.begin() as connection:
        log.append(connection, [target("s-a", 1)], TESTER)
    assert next(following).position == 1

    def write() -> None:
        with fresh_database.begin() as connection:
            connection.exec_driver_sql("select pg_sleep(0.3)")
            log.append(connection, [target("s-a", 2)], TESTER)

    writer = threading.Thread(target=write)
    writer.start()
    assert next(following).position == 2
    writer.join()


def test_a_follower_goes_on_where_it_stopped(fresh_database: Engine) -> None:
    with fresh_database.begin() as connection:
        log.append(connection, [target("s-a", n) for n in range(1, 6)], TESTER)
    first = next(read.follow(fresh_database, idle=0.2))
    rest = list(read.follow(fresh_database, first.position, poll=0.1, idle=0.3))
    assert [first.position, *positions(rest)] == [1, 2, 3, 4, 5]
