"""What an account that may append tries past the program: the database itself lets in nothing that is malformed."""

import threading
from collections.abc import Iterator
from uuid import uuid4

import psycopg2.errors
import pytest
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from events import log
from events.errors import TransientError
from events.log.recorded import NewEvent
from events.proof import signing
from events.proof.note import Note
from events.proof.signers import SigningKey
from events.types.people import PersonalDataAccessed
from tests.accounts import account, logged_in
from tests.actors import TESTER
from tests.events.logs import bodies, fill

STAMP = "to_char(stamp at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"
GOOD = '{"at":"<at>","by":"command.submit","data":{},"stream":"poison-a","type":"Poison","v":1,"version":1}'
CAUSED = GOOD.replace('"data"', '"cause":{"submission":"%s"},"data"').replace("Poison", "MembershipCounted")
KEY = SigningKey.generate("poison.example/log")
NOBODY = "019a0000-0000-7000-8000-000000000001"


@pytest.fixture
def writer(module_database: Engine) -> Iterator[Connection]:
    """An account with the rights of the program, without the program."""
    with account(module_database, "in role nguon_writer") as url, logged_in(url) as made, made.connect() as connection:
        yield connection
        connection.rollback()


def put(connection: Connection, body: str, kind: str = "Poison") -> None:
    """Append one event as the program does, with this body."""
    connection.execute(
        text(
            "insert into events.event (position, stream, stream_version, type, recorded_at, body)"
            f" select head_position + 1, 'poison-a', 1, :kind, stamp, cast(replace(:body, '<at>', {STAMP}) as json)"
            " from events.lock_head('poison-a', 1)"
        ),
        {"kind": kind, "body": body},
    )


def code(failure: DBAPIError) -> str:
    return str(getattr(failure.orig, "pgcode", ""))


def test_what_is_well_formed_is_let_in(writer: Connection) -> None:
    put(writer, GOOD)


@pytest.mark.parametrize(
    "body",
    {
        "too long for an export": GOOD.replace("{}", '{"a":"' + "x" * 65_536 + '"}'),
        "nothing": "{}",
        "no object": '"poison"',
        "without a time": GOOD.replace('"at":"<at>",', ""),
        "another time": GOOD.replace("<at>", "2026-01-01T00:00:00.000000Z"),
        "another order": GOOD.replace('"at":"<at>",', "").replace('"v":1', '"at":"<at>","v":1'),
        "spaces": GOOD.replace(":1,", ": 1,"),
        "another stream": GOOD.replace("poison-a", "poison-b"),
        "another type": GOOD.replace('"Poison"', '"Other"'),
        "another version": GOOD.replace('"version":1', '"version":2'),
        "no schema version": GOOD.replace('"v":1,', ""),
        "a second stream": GOOD.replace('"v":1,', '"stream":"other","v":1,'),
        "something behind": GOOD[:-1] + ',"z":1}',
    }.items(),
    ids=lambda each: each[0],
)
def test_a_body_that_is_not_as_the_log_writes_it_is_refused(writer: Connection, body: tuple[str, str]) -> None:
    with pytest.raises(DBAPIError) as refused:
        put(writer, body[1])
    assert code(refused.value) == "NG007"


@pytest.mark.parametrize("body", [GOOD.replace("Poison", "MembershipCounted"), CAUSED % NOBODY, CAUSED % "x"])
def test_a_fact_of_a_return_without_a_return_is_refused(writer: Connection, body: str) -> None:
    with pytest.raises(DBAPIError) as refused:
        put(writer, body, "MembershipCounted")
    assert code(refused.value) == "NG008"


@pytest.fixture
def signed(module_database: Engine) -> Note:
    """A checkpoint of this log."""
    fill(module_database, 3)
    with module_database.begin() as connection:
        return signing.sign_head(connection, KEY, ())


@pytest.mark.parametrize(
    "line",
    [
        "anything",
        "— witness",
        "— witness AAA=\n\n",
        "— a b QUJDREU=",
        "— witness QUJD*EU=",
        "\r",
    ],
)
def test_a_malformed_cosignature_is_refused(writer: Connection, signed: Note, line: str) -> None:
    with pytest.raises(DBAPIError):
        writer.execute(
            text("update events.signed_checkpoint set note = note || :line where note = :note"),
            {"line": f"{line}\n", "note": signed.encode().decode()},
        )
    writer.rollback()
    assert writer.execute(
        text("update events.signed_checkpoint set note = note || :line where note = :note"),
        {"line": "— witness QUJDREVG\n", "note": signed.encode().decode()},
    ).rowcount


@pytest.mark.parametrize("change", [{"size": 0}, {"size": 1}, {"number": 7}, {"root": "root"}])
def test_a_checkpoint_of_another_tree_stands_in_nobodys_way(
    writer: Connection, signed: Note, change: dict[str, object]
) -> None:
    fill(writer.engine, 1)
    with pytest.raises(DBAPIError) as refused:
        writer.execute(
            text(
                "insert into events.signed_checkpoint (size, number, root, note)"
                " select s.size, s.number, s.root, concat_ws(E'\\n', split_part(note, E'\\n', 1), s.size,"
                " encode(s.root, 'base64'), '', '— a QUJDREVG', '') from events.signed_checkpoint c, lateral (select"
                " coalesce(cast(:size as bigint), (select position from events.head)) as size,"
                " coalesce(cast(:number as int), c.number + 1) as number, sha256(cast(:root as text)::bytea) as root) s"
                " order by c.number desc limit 1"
            ),
            {"size": None, "number": None, "root": "any", **change},
        )
    assert code(refused.value) == "NG011"


def test_no_tile_is_written_but_by_the_function(module_database: Engine, writer: Connection) -> None:
    fill(module_database, 2)
    for attack in (
        "insert into events.tile values (0, 0, sha256(''))",
        "update events.tile set hashes = hashes || sha256('')",
        "select events.refuse_other_hashes()",
        "select events.tree_root(1)",
    ):
        with pytest.raises(DBAPIError):
            writer.exec_driver_sql(attack)
        writer.rollback()
    assert writer.exec_driver_sql("select events.grow_tree()").scalar_one() == len(bodies(writer))


def test_an_auditor_who_does_not_end_a_reading_stops_nobody(fresh_database: Engine) -> None:
    """Nobody waits longer than ten seconds for one who may not append; here, none at all."""
    subject = str(uuid4())
    with fresh_database.begin() as connection:
        (made,) = connection.exec_driver_sql(
            "select pg_get_functiondef(oid) from pg_proc where proname = 'free_head'"
        ).scalars()
        assert "interval '10 seconds'" in made
        connection.exec_driver_sql(made.replace("10 seconds", "0 seconds").replace("%", "%%"))
        connection.execute(text("insert into vault.subject (subject) values (:subject)"), {"subject": subject})
        connection.execute(
            text("insert into vault.person (subject, version, commitment, sealed) values (:s, 1, sha256('a'), 'a')"),
            {"s": subject},
        )
    with account(fresh_database, "in role nguon_auditor") as url, logged_in(url) as auditor:
        reading = auditor.connect()
        reading.execute(
            text("select * from events.record_reading(:s, 'auditor', 'trace', 'command.trace')"), {"s": subject}
        )
        one = str(uuid4())
        event = NewEvent(f"reading-{one}", 1, PersonalDataAccessed(one, one, "0" * 64))
        with (
            account(fresh_database, "in role nguon_writer") as other,
            logged_in(other) as made_by,
            made_by.begin() as connection,
        ):
            assert log.append(connection, [event], TESTER).first == 1
        with pytest.raises(TransientError, match="database_lost"):
            reading.exec_driver_sql("select 1")
        reading.invalidate()
        reading.close()


def test_a_reader_with_every_lock_that_it_may_take_stops_nobody(fresh_database: Engine) -> None:
    """Advisory locks of whatever key, and its tables, in the mode in which it may lock them."""
    done = threading.Event()
    with account(fresh_database, "in role nguon_reader") as url, logged_in(url) as reader, reader.connect() as holding:
        holding.exec_driver_sql("select pg_advisory_lock(key) from generate_series(-500, 500) as key")
        holding.exec_driver_sql(
            "select pg_advisory_lock(hashtext(what)) from unnest(array['project', 'validate']) as what"
        )
        holding.exec_driver_sql("select from statement, submission, checkpoint")
        with pytest.raises(DBAPIError) as refused, reader.connect() as another:
            another.exec_driver_sql("lock table checkpoint in share mode")
        assert isinstance(refused.value.orig, psycopg2.errors.InsufficientPrivilege)

        def work() -> None:
            from warehouse.projections import project

            fill(fresh_database, 5)
            if project.project(fresh_database) == 5:
                done.set()

        working = threading.Thread(target=work, daemon=True)
        working.start()
        working.join(30)
        assert done.is_set()
