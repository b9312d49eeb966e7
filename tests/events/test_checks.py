"""The pass over the log names the event that is wrong, in any batch, and reads events of older versions."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Connection, Engine

from events import checks, log
from events.checks import Fault
from events.checks.bodies import Reader
from events.checks.log import last_position, open_bodies, stored_leaves, verify_columns
from events.log.ladder import LADDER
from events.log.recorded import NewEvent
from events.proof.merkle import leaf_hash
from events.types.units import UnitRenamed
from tests.actors import TESTER
from tests.events.logs import UNIT, bodies, fill

LAST = 9_000
TIMES = checks.LAWS[0]


@pytest.fixture(scope="module")
def long_log(module_database: Engine) -> Engine:
    fill(module_database, LAST)
    return module_database


def open_all(connection: Connection) -> list[Fault]:
    return list(open_bodies(connection, 0, last_position(connection)))


def columns(connection: Connection) -> list[Fault]:
    return list(verify_columns(connection))


def times(connection: Connection) -> list[Fault]:
    return list(checks.run(connection, TIMES))


def test_a_good_log_passes_and_its_leaves_are_those_of_its_bodies(long_log: Engine) -> None:
    told: list[tuple[int, int]] = []
    with long_log.connect() as connection:
        assert columns(connection) == times(connection) == []
        leaves = b"".join(map(leaf_hash, bodies(connection)))
        assert list(stored_leaves(connection)) == [(1, leaves)]
        assert list(open_bodies(connection, 0, LAST, lambda done, of: told.append((done, of)))) == []
    assert told == [(4_096, LAST), (8_192, LAST), (LAST, LAST)]


@pytest.mark.parametrize("position", [1, 4_096, 4_097, LAST])
@pytest.mark.parametrize(
    ("change", "key"),
    [
        (
            "set body = replace(body::text, ',', ' ,')::json",
            "body_not_canonical",
        ),
        (
            "set body = replace(body::text, ',', E',\\n')::json",
            "body_not_canonical",
        ),
        (
            "set body = replace(body::text, 'command.test', 'commạnd.test')::json",
            "body_malformed",
        ),
        ("set body = '[]'", "body_malformed"),
        ("set type = 'UnitMoved'", "log_column"),
        ("set stream = stream || E'\\n'", "log_column"),
    ],
)
def test_a_wrong_event_is_named_in_any_batch(long_log: Engine, position: int, change: str, key: str) -> None:
    with long_log.connect() as connection:
        connection.exec_driver_sql("alter table events.event disable trigger user")
        connection.exec_driver_sql(f"update events.event {change} where position = {position}")
        found = open_all(connection)
        connection.rollback()
    assert [fault.key for fault in found] == [key]
    assert found[0].where["position"] == position


@pytest.mark.parametrize("missing", [[1], [2, 3], [4_096], [4_097], [LAST - 1], [5, 300, 301, 8_000]])
def test_events_that_are_missing_are_told_as_gaps_and_all_others_are_looked_at(
    long_log: Engine, missing: list[int]
) -> None:
    with long_log.connect() as connection:
        connection.exec_driver_sql("alter table events.event disable trigger user")
        leaves = list(map(leaf_hash, bodies(connection)))
        connection.exec_driver_sql(f"delete from events.event where position in ({', '.join(map(str, missing))})")
        gaps = list(checks.run(connection, checks.GAP))
        runs = list(stored_leaves(connection))
        assert open_all(connection) == []
        connection.exec_driver_sql(f"update events.event set type = 'Other' where position = {LAST}")
        assert open_all(connection) == [Fault("log_column", {"position": LAST, "column": "type"})]
        connection.rollback()
    assert [fault.where["expected"] for fault in gaps] == [at for at in missing if at - 1 not in missing]
    read = {first + at: joined[32 * at : 32 * at + 32] for first, joined in runs for at in range(len(joined) // 32)}
    assert read == {at: leaf for at, leaf in enumerate(leaves, start=1) if at not in missing}


def test_of_many_faults_a_hundred_are_named_and_the_others_counted(long_log: Engine) -> None:
    with long_log.connect() as connection:
        connection.exec_driver_sql("alter table events.event disable trigger user")
        connection.exec_driver_sql("update events.event set type = 'Other', stream_version = -position")
        found, versions = columns(connection), list(checks.run(connection, checks.LAWS[1]))
        assert len(open_all(connection)) == 2 * LAST
        connection.rollback()
    assert [fault.where["position"] for fault in found[:-1]] == list(range(1, checks.MOST + 1))
    assert found[-1] == Fault("more_faults", {"law": "columns", "count": LAST - checks.MOST})
    assert len(versions) == checks.MOST + 1
    assert versions[-1] == Fault("more_faults", {"law": "streams", "count": LAST - checks.MOST})


@pytest.mark.parametrize("position", [1, 4_097, LAST])
@pytest.mark.parametrize(
    "change",
    [
        "set type = 'UnitMoved'",
        "set type = 'Unheard'",
        "set stream = stream || 'x'",
        "set stream = regexp_replace(stream, '.$', '.')",
        "set stream_version = stream_version + 100000",
        "set body = replace(body::text, '\"v\":1', '\"v\":2')::json",
        'set body = replace(body::text, \'"type":"PolicySet"\', \'"type":"Unheard"\')::json, type = \'Unheard\'',
        "set body = replace(body::text, '}', ' }')::json",
        'set body = replace(body::text, \'"type"\', \'"supersedes":0,"type"\')::json',
        "set body = '[]'",
        "set leaf_hash = sha256('')",
    ],
)
def test_columns_that_do_not_say_what_the_body_says_are_found_in_the_server(
    long_log: Engine, position: int, change: str
) -> None:
    with long_log.connect() as connection:
        connection.exec_driver_sql("alter table events.event disable trigger user")
        if "leaf_hash" in change:
            connection.exec_driver_sql("alter table events.event alter column leaf_hash drop expression")
        changed = connection.exec_driver_sql(f"update events.event {change} where position = {position} returning body")
        assert changed.rowcount == 1
        found = columns(connection)
        connection.rollback()
    assert found == [Fault("log_column", {"position": position, "column": "body"})]


@pytest.mark.parametrize("position", [1, 2, LAST])
def test_a_time_that_is_not_that_of_the_body_is_found(long_log: Engine, position: int) -> None:
    with long_log.connect() as connection:
        connection.exec_driver_sql("alter table events.event disable trigger user")
        connection.exec_driver_sql(
            f"update events.event set recorded_at = recorded_at + interval '1 us' where position = {position}"
        )
        found = times(connection)
        connection.rollback()
    assert Fault("log_column", {"position": position, "column": "recorded_at"}) in found


@pytest.mark.parametrize("position", [2, 5_000, LAST])
def test_time_that_runs_backwards_is_found(long_log: Engine, position: int) -> None:
    with long_log.connect() as connection:
        connection.exec_driver_sql("alter table events.event disable trigger user")
        connection.exec_driver_sql(
            "update events.event set recorded_at = date_trunc('day', recorded_at, 'UTC') - interval '1 day',"
            " body = overlay(body::text placing to_char(date_trunc('day', recorded_at at time zone 'UTC')"
            " - interval '1 day', 'YYYY-MM-DD\"T\"HH24:MI:SS.US') from 8 for 26)::json"
            f" where position = {position}"
        )
        found = times(connection)
        connection.rollback()
    assert found == [Fault("log_time", {"found": position})]


def test_an_event_that_corrects_another_says_so_before_its_type(fresh_database: Engine) -> None:
    payload = UnitRenamed(UNIT, "Đoàn phường Mỹ Phước", date(2025, 1, 1))
    with fresh_database.begin() as connection:
        stream = f"unit-{UNIT}"
        log.append(connection, [NewEvent(stream, 1, payload), NewEvent(stream, 2, payload, supersedes=1)], TESTER)
        assert columns(connection) == open_all(connection) == []


def test_events_of_older_versions_are_read_up_the_ladder(long_log: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []

    def later(data: dict[str, Any]) -> dict[str, Any]:
        seen.append(int(data["value"]))
        return data

    monkeypatch.setitem(LADDER, "PolicySet", (later,))
    with long_log.connect() as connection:
        assert columns(connection) == open_all(connection) == []
    assert set(map(int, seen)) == set(range(1, LAST + 1))


@pytest.mark.parametrize(
    ("spoil", "good"),
    [
        (lambda body: body, True),
        (lambda body: body.replace("ỹ".encode(), "y\u0303".encode()), False),
        (lambda body: body.replace("Mỹ".encode(), "Mo\u031b\u0303".encode()), False),
        (lambda body: body.replace("ỹ".encode(), b"\\u00e9"), False),
        (lambda body: body.replace("ỹ".encode(), b"\\u0001"), False),
        (lambda body: body.replace("ỹ".encode(), b"\\n"), False),
        (lambda body: body.replace("ỹ".encode(), b"\x7f"), False),
        (lambda body: body.replace("ỹ".encode(), b"\xc2\x85"), False),
        (lambda body: body.replace("ỹ".encode(), rb"\\u0001"), True),
        (lambda body: body + b"\n" + body, True),
    ],
)
def test_letters_beyond_ascii_are_composed(spoil: Callable[[bytes], bytes], good: bool, fresh_database: Engine) -> None:
    with fresh_database.begin() as connection:
        payload = UnitRenamed(UNIT, "Đoàn phường Mỹ Phước", date(2025, 1, 1))
        log.append(connection, [NewEvent(f"unit-{UNIT}", 1, payload)], TESTER)
        (body,) = bodies(connection)
    assert (Reader().lines(spoil(body)) is not None) is good
