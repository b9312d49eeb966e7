"""The log keeps its laws: whole batches in order without a gap, idempotent, immutable, against a simple model."""

import threading
from collections import defaultdict
from collections.abc import Iterator
from datetime import date

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from events import log
from events.errors import TerminalError, UsageError
from events.ids import new_id
from events.log.read import read
from events.log.recorded import Cause, NewEvent, decode
from events.proof.merkle import leaf_hash
from events.types.policies import PolicySet
from events.types.units import UnitRenamed
from tests.actors import TESTER

UNIT = "019a0000-0000-7000-8000-000000000001"


def target(stream: str, version: int, value: int = 1) -> NewEvent:
    return NewEvent(stream, version, PolicySet("admitted", str(value) if value >= 0 else "", date(2025, 1, 1)))


def bodies(engine: Engine) -> list[tuple[int, str]]:
    with engine.connect() as connection:
        rows = connection.execute(text("select position, body::text from events.event order by position"))
        return [(row[0], row[1]) for row in rows]


def test_positions_follow_each_other_over_several_streams(fresh_database: Engine) -> None:
    with fresh_database.begin() as connection:
        first = log.append(connection, [target("s-a", 1), target("s-b", 1), target("s-a", 2)], TESTER)
        second = log.append(connection, [target("s-b", 2)], TESTER)
    assert first == (1, 3, False)
    assert second == (4, 4, False)
    assert [position for position, _ in bodies(fresh_database)] == [1, 2, 3, 4]


def test_a_repeat_answers_with_the_first_positions_and_adds_nothing(fresh_database: Engine) -> None:
    batch = [target("s-a", 1), target("s-b", 1)]
    with fresh_database.begin() as connection:
        log.append(connection, [target("s-x", 1)], TESTER)
        log.append(connection, batch, TESTER)
    before = bodies(fresh_database)
    with fresh_database.begin() as connection:
        assert log.append(connection, batch, TESTER) == (2, 3, True)
    assert bodies(fresh_database) == before


@pytest.mark.parametrize(
    ("batch", "stream", "expected", "found"),
    [
        ([target("s-a", 1, value=9)], "s-a", 0, 2),
        ([target("s-a", 1), target("s-c", 1)], "s-a", 0, 2),
        ([target("s-a", 4)], "s-a", 3, 2),
        ([target("s-b", 2)], "s-b", 1, 0),
        ([target("s-new", 1), target("s-a", 2, value=9)], "s-a", 1, 2),
        ([target("s-new", 1), target("s-new", 3)], "s-new", 0, 0),
    ],
)
def test_other_bytes_or_a_gap_are_a_wrong_expected_version(
    fresh_database: Engine, batch: list[NewEvent], stream: str, expected: int, found: int
) -> None:
    with fresh_database.begin() as connection:
        log.append(connection, [target("s-a", 1), target("s-a", 2)], TESTER)
    before = bodies(fresh_database)
    with fresh_database.begin() as connection:
        with pytest.raises(log.WrongExpectedVersion) as raised:
            log.append(connection, batch, TESTER)
        assert raised.value.details == {"stream": stream, "expected": expected, "found": found}
        # The transaction is as it was before the call.
        log.append(connection, [target("s-a", 3)], TESTER)
    assert len(bodies(fresh_database)) == len(before) + 1


def test_a_batch_is_recorded_whole_or_not_at_all(fresh_database: Engine) -> None:
    def broken() -> Iterator[NewEvent]:
        for n in range(1, 1000):
            yield target("s-a", n)
        yield target("s-a", 1000, value=-1)

    with fresh_database.begin() as connection, pytest.raises(UsageError, match="PolicySet"):
        log.append(connection, broken(), TESTER)
    assert bodies(fresh_database) == []


def test_an_invalid_event_is_refused_without_its_value(fresh_database: Engine) -> None:
    secret = "Nguyễn Thị Canary"
    event = NewEvent("s-a", 1, PolicySet(secret, "1", date(2025, 1, 1)))
    with fresh_database.begin() as connection, pytest.raises(UsageError) as raised:
        log.append(connection, [event], TESTER)
    assert secret not in str(raised.value)
    assert "Canary" not in str(raised.value.__cause__) + str(raised.value.__context__)


def test_text_that_is_not_in_normal_form_is_refused(fresh_database: Engine) -> None:
    event = NewEvent("s-a", 1, UnitRenamed(UNIT, "Đoàn xa\u0303 Hữu Định", date(2025, 1, 1)))
    with fresh_database.begin() as connection, pytest.raises(UsageError, match="normal form"):
        log.append(connection, [event], TESTER)


def test_a_version_beyond_what_a_column_holds_is_refused(fresh_database: Engine) -> None:
    with fresh_database.begin() as connection, pytest.raises(UsageError, match="invalid_event"):
        log.append(connection, [target("s-a", 1 << 31)], TESTER)
    assert bodies(fresh_database) == []


@pytest.mark.parametrize("stream", ["", "a", "s-x\ty", "s-x\\n", "s-Nguyễn", "s-" + "x" * 200])
def test_a_stream_is_named_by_a_kind_and_an_id(fresh_database: Engine, stream: str) -> None:
    with fresh_database.begin() as connection, pytest.raises(UsageError, match="invalid_event"):
        log.append(connection, [target(stream, 1)], TESTER)


@pytest.mark.parametrize(
    "by", ["", "system", "command.", "command.Submit", "flow.a b", "account.an", f"account.{UNIT.upper()}", "account-1"]
)
def test_who_is_nobody_in_particular_records_nothing(fresh_database: Engine, by: str) -> None:
    with fresh_database.begin() as connection, pytest.raises(UsageError, match="invalid_event"):
        log.append(connection, [target("s-a", 1)], by)


@pytest.mark.parametrize("by", ["command.submit", "flow.period-end", f"account.{UNIT}"])
def test_a_batch_says_by_whom_in_every_event(fresh_database: Engine, by: str) -> None:
    with fresh_database.begin() as connection:
        log.append(connection, [target("s-a", 1), target("s-b", 1)], by)
        assert [event.by for event in read(connection)] == [by, by]


def test_the_same_of_somebody_else_is_no_repeat(fresh_database: Engine) -> None:
    with fresh_database.begin() as connection:
        log.append(connection, [target("s-a", 1)], TESTER)
        with pytest.raises(log.WrongExpectedVersion):
            log.append(connection, [target("s-a", 1)], "flow.test")


def test_an_empty_batch_is_refused(fresh_database: Engine) -> None:
    with fresh_database.begin() as connection, pytest.raises(TerminalError, match="empty_append"):
        log.append(connection, [], TESTER)


def test_what_is_read_is_what_was_written(fresh_database: Engine) -> None:
    cause = Cause(new_id(), "steps", 7)
    event = NewEvent("unit-1", 1, UnitRenamed(UNIT, 'Đoàn "Phú\\Tân" \\N', date(2025, 7, 1)), cause, 3)
    with fresh_database.begin() as connection:
        log.append(connection, [event], TESTER)
        row = connection.execute(text("select *, body::text as raw from events.event")).one()
    recorded = decode(row.position, row.raw)
    assert (recorded.payload, recorded.cause, recorded.by, recorded.supersedes) == (event.payload, cause, TESTER, 3)
    assert (row.stream, row.stream_version, row.type) == (recorded.stream, recorded.version, recorded.type)
    assert row.recorded_at == recorded.recorded_at
    assert bytes(row.leaf_hash) == leaf_hash(row.raw.encode())


@pytest.mark.parametrize(
    "statement",
    [
        "update events.event set type = 'X'",
        "update events.event set position = position where false",
        "delete from events.event",
        "truncate events.event",
        "delete from events.head",
        "truncate events.head",
    ],
)
@pytest.mark.parametrize("setting", ["", "set local session_replication_role = replica;"])
def test_nobody_changes_what_is_recorded(fresh_database: Engine, statement: str, setting: str) -> None:
    with fresh_database.begin() as connection:
        log.append(connection, [target("s-a", 1)], TESTER)
    before = bodies(fresh_database)
    with pytest.raises(DBAPIError, match="never changed"), fresh_database.begin() as connection:
        connection.exec_driver_sql(setting + statement)
    assert bodies(fresh_database) == before


@pytest.mark.parametrize(
    ("position", "version", "at", "law"),
    [
        ("9", "1", "now()", "positions"),
        ("1", "1", "now()", "duplicate key"),
        ("2", "2", "now()", "versions"),
        ("2", "1", "'2001-01-01'", "time"),
        ("2", "1", "now() + interval '1 hour'", "time"),
    ],
)
def test_a_write_around_append_is_held_to_the_same_laws(
    fresh_database: Engine, position: str, version: str, at: str, law: str
) -> None:
    with fresh_database.begin() as connection:
        log.append(connection, [target("s-a", 1)], TESTER)
    with pytest.raises(DBAPIError, match=law), fresh_database.begin() as connection:
        connection.exec_driver_sql(
            "insert into events.event (position, stream, stream_version, type, recorded_at, body)"
            f" values ({position}, 'b', {version}, 'PolicySet', {at}, '{{}}')"
        )


def test_eight_writers_and_a_tailing_reader_lose_nothing(fresh_database: Engine) -> None:
    """A tenth of the writers' transactions roll back, some wait inside; the reader never sees a gap or a jump."""
    done = threading.Event()
    seen: list[int] = []
    answered: list[range] = []
    troubles: list[BaseException] = []

    def write(number: int) -> None:
        try:
            for turn in range(25):
                with fresh_database.connect() as connection:
                    batch = [target(f"w-{number}-{turn}-{s}", 1) for s in range(1 + turn % 4)]
                    place = log.append(connection, batch, TESTER)
                    if turn % 7 == 0:
                        connection.exec_driver_sql("select pg_sleep(0.005)")
                    if (number + turn) % 10 == 0:
                        connection.rollback()
                    else:
                        connection.commit()
                        answered.append(range(place.first, place.last + 1))
        except BaseException as trouble:
            troubles.append(trouble)

    def tail() -> None:
        while not (done.is_set() and len(seen) == sum(map(len, answered))):
            with fresh_database.connect() as connection:
                rows = connection.execute(
                    text("select position from events.event where position > :p order by position"), {"p": len(seen)}
                )
                seen.extend(row.position for row in rows)
            if done.is_set() and len(seen) > sum(map(len, answered)):
                return

    writers = [threading.Thread(target=write, args=(n,)) for n in range(8)]
    reader = threading.Thread(target=tail)
    for thread in [*writers, reader]:
        thread.start()
    for thread in writers:
        thread.join()
    done.set()
    reader.join(timeout=30)
    assert not troubles
    assert seen == list(range(1, len(seen) + 1))
    assert sorted(position for place in answered for position in place) == seen


class LogMachine(RuleBasedStateMachine):
    """Appends, repeats, conflicts and rollbacks against a dictionary of lists."""

    engine: Engine

    def __init__(self) -> None:
        super().__init__()
        self.run = f"run-{new_id()}"
        self.streams: dict[str, list[int]] = defaultdict(list)
        self.batches: list[tuple[list[NewEvent], int]] = []
        with self.engine.connect() as connection:
            self.start, _ = log.head(connection)
        self.order: list[tuple[str, int, int]] = []

    def _batch(self, choices: list[tuple[str, int]]) -> list[NewEvent]:
        lengths = {stream: len(values) for stream, values in self.streams.items()}
        batch = []
        for name, value in choices:
            stream = f"{self.run}-{name}"
            lengths[stream] = lengths.get(stream, 0) + 1
            batch.append(target(stream, lengths[stream], value))
        return batch

    @rule(
        choices=st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 9)), min_size=1, max_size=8),
        commit=st.booleans(),
    )
    def append(self, choices: list[tuple[str, int]], commit: bool) -> None:
        batch = self._batch(choices)
        with self.engine.connect() as connection:
            place = log.append(connection, batch, TESTER)
            assert place == (self.start + len(self.order) + 1, self.start + len(self.order) + len(batch), False)
            connection.commit() if commit else connection.rollback()
        if commit:
            self.batches.append((batch, place.first))
            for event in batch:
                assert isinstance(event.payload, PolicySet)
                self.streams[event.stream].append(int(event.payload.value))
                self.order.append((event.stream, event.version, int(event.payload.value)))

    @rule(data=st.data())
    def repeat(self, data: st.DataObject) -> None:
        if self.batches:
            batch, first = data.draw(st.sampled_from(self.batches))
            with self.engine.begin() as connection:
                assert log.append(connection, batch, TESTER) == (first, first + len(batch) - 1, True)

    @rule(name=st.sampled_from("abc"), ahead=st.integers(2, 4))
    def conflict(self, name: str, ahead: int) -> None:
        stream = f"{self.run}-{name}"
        standing = len(self.streams[stream])
        wrong = standing + ahead if ahead < 4 or standing == 0 else standing
        with self.engine.begin() as connection, pytest.raises(log.WrongExpectedVersion) as raised:
            log.append(connection, [target(stream, wrong, 99)], TESTER)
        assert raised.value.details["found"] == standing

    @invariant()
    def agrees(self) -> None:
        with self.engine.connect() as connection:
            rows = connection.execute(
                text(
                    "select position, stream, stream_version, (body #>> '{data,value}')::int as value"
                    " from events.event where position > :start order by position"
                ),
                {"start": self.start},
            ).all()
            head, _ = log.head(connection)
        assert [(r.stream, r.stream_version, r.value) for r in rows] == self.order
        assert [r.position for r in rows] == list(range(self.start + 1, head + 1))


def test_the_log_agrees_with_a_simple_model(fresh_database: Engine) -> None:
    machine = type("BoundLogMachine", (LogMachine,), {"engine": fresh_database})
    run_state_machine_as_test(machine, settings=settings(max_examples=25, stateful_step_count=15, deadline=None))
