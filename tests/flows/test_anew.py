"""The warehouse is what the log makes of it, now and when each period was closed, or the table that is not is named."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine

from events.checks import VerifyFailed
from flows import checkpoints
from flows.closing import close
from flows.verify import verify
from schemas.periods import parse
from tests.flows.checked_close import checked_close
from tests.flows.office import Office
from tests.rows import AN, membership
from warehouse import digest
from warehouse.projections import project
from warehouse.rebuild import rebuild
from warehouse.restoring import restore

Q1 = parse("2025Q1")


@pytest.fixture
def office(fresh_database: Engine, tmp_path: Path) -> Iterator[Office]:
    made = Office.open(fresh_database.url.render_as_string(hide_password=False), tmp_path)
    assert made.send({"nominees": [AN], "membership": membership(9)}).valid
    yield made
    made.context.engine.dispose()


def faults(office: Office) -> list[tuple[str, object]]:
    """What is wrong with the warehouse, and in which table or period."""
    try:
        verify(office.context.engine, checkpoints.keys_of(office.context), warehouse=True)
    except VerifyFailed as failure:
        return [
            (part.key.removeprefix("verify."), part.details.get("table", part.details.get("period")))
            for part in failure.parts
        ]
    return []


def change(office: Office, statement: str) -> None:
    with office.context.engine.begin() as connection:
        assert connection.exec_driver_sql(statement).rowcount == 1


def test_closings_agree_with_the_log_whatever_is_recorded_after_them(office: Office) -> None:
    first = checked_close(office.context, Q1)
    office.receive(office.write({"membership": membership(3)}, unit="28756-02"))
    assert office.send({"nominees": [AN], "membership": membership(11)}).valid
    second = checked_close(office.context, Q1)
    assert first.digest and second.digest and first.digest != second.digest
    assert faults(office) == []
    assert rebuild(office.context.engine).differing == ()
    assert faults(office) == []


def test_a_malformed_body_that_was_signed_and_that_nothing_stumbles_over_is_named(office: Office) -> None:
    with office.context.engine.begin() as connection:
        append_past_the_guards(
            connection,
            '{"at":"%s","by":"command.test","data":{"on":"2025-01-01","other":1,"policy":"x","value":"y"},'
            '"stream":"policy-x","type":"PolicySet","v":1,"version":1}',
        )
    checkpoints.sign(office.context)
    project.project(office.context.engine)
    assert verify(office.context.engine, checkpoints.keys_of(office.context))
    assert [key for key, _ in faults(office)] == ["body_malformed"]


def append_past_the_guards(connection: Connection, body: str) -> None:
    """Append an event as somebody with all rights can, and put the guards back; its time is put in."""
    run = connection.exec_driver_sql
    run("alter table events.event disable trigger user")
    at = run(
        "update events.head set position = position + 1, recorded_at = date_trunc('milliseconds', clock_timestamp())"
        """ returning to_char(recorded_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"""
    ).scalar_one()
    run(
        "insert into events.event (position, stream, stream_version, type, recorded_at, body)"
        " select position, 'policy-x', 1, 'PolicySet', recorded_at, %(body)s::json from events.head",
        {"body": body % at},
    )
    restore(connection)


def test_a_figure_that_was_changed_names_its_table(office: Office) -> None:
    change(office, "update membership set value = 103701 where measure = 'members'")
    assert faults(office) == [("warehouse_differs", "membership")]


def test_a_figure_that_was_changed_while_a_period_was_closed_is_found_after_it_was_put_back(office: Office) -> None:
    position = project.project(office.context.engine)
    change(office, "update membership set value = 103701 where measure = 'members'")
    close(office.context, Q1, office.unit("83"), position)
    assert rebuild(office.context.engine).differing == ("membership",)
    assert faults(office) == [("warehouse_digest", "2025Q1")]


def test_a_digest_says_the_same_of_a_position_before_and_after_more_was_recorded(office: Office) -> None:
    office.receive(office.write({"membership": membership(3)}, unit="28756-02"))
    position = project.project(office.context.engine)
    with office.context.engine.connect() as connection:
        before = digest.of_tables(connection, "warehouse", position)
    assert office.send({"nominees": [], "membership": membership(11)}).valid
    with office.context.engine.connect() as connection:
        assert digest.of_tables(connection, "warehouse", position) == before
        now = digest.of_tables(connection, "warehouse", project.reached(connection))
    assert {name for name in now if now[name] != before[name]} >= {"membership", "nominee", "step", "submission"}
