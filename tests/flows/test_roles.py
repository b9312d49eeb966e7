"""An account of each role does its work with the real program, and is refused whatever is not its work."""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import date

import psycopg2.errors
import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError, ProgrammingError

from events import log
from events.errors import UsageError
from events.ids import new_id
from events.log.recorded import NewEvent
from events.proof import merkle_tree, receipt, signing
from events.types.people import HoldReleased, PersonalDataAccessed
from events.vault import holds
from flows import audit, checkpoints, policies, quality, reporting, reviewing, yearly_list
from flows.context import Context
from flows.erasure import erase
from flows.verify import verify
from schemas.periods import parse
from tests.accounts import account, own_database, written
from tests.actors import TESTER
from tests.flows.checked_close import checked_close
from tests.flows.conftest import new_home
from tests.flows.nguon import Nguon
from tests.flows.office import Office
from tests.rows import AN, BINH, membership, vote
from warehouse.facts.rollup import roll_up
from warehouse.rebuild import rebuild
from warehouse.returns import status

Q1 = parse("2025Q1")


@pytest.fixture(scope="module")
def contexts(module_database: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Context]]:
    """A home, as an account of each role sees it; all that is in it was done by the writer."""
    with ExitStack() as accounts:
        urls = {
            role: written(accounts.enter_context(account(module_database, f"in role nguon_{role}")))
            for role in ("owner", "writer", "reader", "auditor")
        }
        office = Office.open(urls["writer"], tmp_path_factory.mktemp("office"))
        assert office.send({"nominees": [AN, BINH], "steps": [vote(AN, date(2025, 2, 1))]}).valid
        revised = office.send({"nominees": [{**AN, "identity": "083204001235"}, BINH]})
        assert revised.valid
        assert not office.send({"nominees": [{**AN, "birth_date": "?"}]}, unit="28756-02").valid
        review(office)
        checked_close(office.context, Q1)
        yearly_list.write_yearly_list(office.context, parse("2025"))
        note = checkpoints.sign(office.context).note
        with office.context.engine.begin() as connection:
            receipt.make(connection, revised.submission, note)
        settings = office.context.settings
        made = {role: Context(settings.model_copy(update={"database_url": url}), TESTER) for role, url in urls.items()}
        yield made
        for context in (office.context, *made.values()):
            context.engine.dispose()


def review(office: Office) -> None:
    """A policy, and under it a return that is accepted, given back with words, sent again and withdrawn."""
    policies.lay_down(office.context, "review", "when_accepted", date(2025, 1, 1), unit="831")
    sent = office.send({}, unit="28807-01")
    (accepted,) = reviewing.accept(office.context, [sent.submission])
    assert accepted == reviewing.Reviewed(sent.submission)
    reviewing.give_back(office.context, sent.submission, "implausible", "Xem lại số đoàn viên")
    again = office.send({"membership": membership(11)}, unit="28807-01")
    reviewing.withdraw(office.context, again.submission, "sent_in_error")


def subject_with(contexts: dict[str, Context], records: int) -> str:
    """The person of whom the vault has so many records."""
    with contexts["writer"].engine.connect() as connection:
        return str(
            connection.exec_driver_sql(
                "select subject from vault.person group by subject having count(*) = %(records)s", {"records": records}
            ).scalar_one()
        )


def test_a_writer_holds_releases_and_erases(contexts: dict[str, Context]) -> None:
    subject = subject_with(contexts, 2)
    with contexts["writer"].engine.begin() as connection:
        assert holds.place(connection, subject, "inspection", "officer", TESTER)
        assert len(holds.release(connection, subject, "officer", TESTER)) == 1
        assert connection.exec_driver_sql("select count(match) from vault.former_match").scalar_one() == 1
    assert erase(contexts["writer"], subject, "request_of_the_person").records == 2
    with contexts["writer"].engine.begin() as connection:
        assert connection.exec_driver_sql("select count(match) from vault.former_match").scalar_one() == 0


def test_an_auditor_verifies_and_traces_and_the_reading_is_recorded(contexts: dict[str, Context]) -> None:
    auditor = contexts["auditor"]
    before = verify(auditor.engine, checkpoints.keys_of(auditor))
    assert before.events > 30
    subject = subject_with(contexts, 1)
    found = audit.trace(auditor, subject, "auditor")
    assert isinstance(found, audit.SubjectTrace)
    assert found.person
    assert found.facts
    figure = audit.trace(auditor, "2025Q1:83:identified", "auditor")
    assert isinstance(figure, audit.FigureTrace)
    assert figure.value == len(figure.parts[0].facts) == 2
    with auditor.engine.connect() as connection:
        last, reader = connection.exec_driver_sql(
            "select e.type, a.reader from events.event e, vault.access a"
            " where e.position = (select position from events.head) and e.body #>> '{data,reading}' = a.reading::text"
        ).one()
    assert (last, reader) == ("PersonalDataAccessed", "auditor")
    assert verify(auditor.engine, checkpoints.keys_of(auditor)).events == before.events + 1


def test_a_reader_sees_figures_reports_and_who_is_late(contexts: dict[str, Context]) -> None:
    reader, writer = contexts["reader"], contexts["writer"]
    for wanted in (Q1, parse("2025H1")):  # One issued, one preliminary.
        content = reporting.report(reader, "83", wanted)
        assert content == reporting.report(writer, "83", wanted)
    with reader.engine.connect() as connection:
        states = {told.code: told.state for told in status.returned(connection, Q1, 10**9) if told.state != "missing"}
        assert states == {"28756-01": "on_time", "28756-02": "invalid", "28807-01": "withdrawn"}
        figures = roll_up(connection, Q1, 10**9).values
        assert connection.exec_driver_sql("select count(*) from analysis.nomination").scalar_one() == 2
        assert connection.exec_driver_sql("select count(*) from analysis.report_figure").scalar_one() > 8
    assert max(figures[unit].get("identified", 0) for unit in figures) == 2


def test_an_auditor_reads_the_words_with_which_a_return_was_given_back(contexts: dict[str, Context]) -> None:
    with contexts["auditor"].engine.connect() as connection:
        (submission,) = connection.exec_driver_sql("select submission::text from vault.comment").scalars()
    found = audit.trace(contexts["auditor"], submission, "auditor")
    assert isinstance(found, audit.SubmissionTrace)
    assert found.comment == "Xem lại số đoàn viên"


RIGHTS = """
select nspname || '.' || relname as table, array_agg(privilege order by privilege) as privileges
from pg_class c
join pg_namespace n on n.oid = c.relnamespace
cross join unnest(array['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER']) as privilege
where nspname in ('events', 'vault', 'issued', 'warehouse') and relkind in ('r', 'p', 'v', 'm')
    and has_table_privilege(%(role)s, c.oid, privilege)
group by 1
"""
"""Grain: one row per table on which a role has any right, with those that it has on the whole table."""


def test_what_a_role_may_do_on_a_whole_table_is_this_for_every_table(module_database: Engine) -> None:
    """A table that is new has a place here; none is changed at will, none is emptied."""
    with module_database.connect() as connection:
        tables = set(
            connection.exec_driver_sql(
                "select table_schema || '.' || table_name from information_schema.tables"
                " where table_schema in ('events', 'vault', 'issued', 'warehouse')"
            ).scalars()
        )
        found = {
            role: {
                row.table: tuple(row.privileges)
                for row in connection.exec_driver_sql(RIGHTS, {"role": f"nguon_{role}"})
            }
            for role in ("writer", "reader", "auditor")
        }
    figures = {table for table in tables if table.startswith(("warehouse.", "issued."))}
    assert len(figures) > 18 and len(tables) > 30
    assert found["reader"] == dict.fromkeys(figures, ("SELECT",))
    assert found["auditor"] == dict.fromkeys(tables - {"vault.person"}, ("SELECT",))
    by_function = dict.fromkeys(("events.head", "events.skew", "events.tile", "events.turn"), ("SELECT",))
    emptied = dict.fromkeys(("vault.condemned", "vault.mention", "vault.tombstone"), ("DELETE", "INSERT", "SELECT"))
    assert found["writer"] == dict.fromkeys(tables, ("INSERT", "SELECT")) | by_function | emptied


def test_who_may_not_project_reads_what_the_warehouse_holds(contexts: dict[str, Context]) -> None:
    writer, reader = contexts["writer"], contexts["reader"]
    before = reporting.report(writer, "83", parse("2025"))["position"]
    subject = new_id()
    with writer.engine.begin() as connection:
        log.append(
            connection, [NewEvent(f"reading-{subject}", 1, PersonalDataAccessed(subject, subject, "0" * 64))], TESTER
        )
    assert reporting.report(reader, "83", parse("2025"))["position"] == before
    with pytest.raises(UsageError) as ahead:
        reporting.report(reader, "83", parse("2025"), as_of=before + 1)
    assert ahead.value.key == "unknown_position"
    assert reporting.report(writer, "83", parse("2025"))["position"] == before + 1


def test_an_owner_rebuilds_and_everybody_goes_on(contexts: dict[str, Context], module_database: Engine) -> None:
    with module_database.begin() as connection:
        # A copy of a database has none of the rights on the database itself.
        connection.exec_driver_sql(f"grant create on database {module_database.url.database} to nguon_owner")
    assert rebuild(contexts["owner"].engine).differing == ()
    assert reporting.report(contexts["reader"], "83", Q1)["position"] > 0
    quality.check_quality(contexts["writer"], Q1)
    assert reporting.report(contexts["writer"], "83", parse("2025Q2"))["position"] > 0


INSERT = "insert into events.event (position, stream, stream_version, type, recorded_at, body)"

REFUSED = {
    "writer": [
        "update events.event set body = body where position = 1",
        "delete from events.event",
        "truncate events.event",
        "update events.head set position = position",
        "delete from events.tile",
        "update events.signed_checkpoint set root = root",
        "alter table events.event disable trigger all",
        "drop trigger immutable on events.event",
        "create table events.other (one integer)",
        "create or replace function events.leaf(body json) returns bytea language sql return ''::bytea",
        "create trigger mine before insert on events.event execute function events.refuse_change()",
        "set role nguon_owner",
        "set session_replication_role = replica",
        "delete from vault.person",
        "update vault.person set commitment = ''",
        "delete from vault.comment",
        "update vault.comment set submission = submission",
        "delete from vault.former_match",
        "update vault.former_match set subject = subject",
        "update vault.access set reader = 'nobody'",
        "delete from vault.access",
        "update issued.content set content = ''",
        "delete from issued.content",
        "truncate nominee",
        "delete from step",
        "update nominee set sex = 'male'",
        "delete from statement",
        "update statement set last = '2026-12-31'",
        "delete from submission_state",
        "update submission_state set counts = true",
        "update policy set value = 'at_once'",
        "delete from policy",
        "update rating set decided = proposed",
        "delete from schedule",
        "drop schema warehouse cascade",
        "update public.migration set version_num = '9999'",
    ],
    "reader": [
        "select from events.event",
        "select from events.head",
        "select * from events.lock_head('one', 1)",
        "select from vault.person",
        "select from vault.subject",
        "select from vault.access",
        "select from vault.file",
        "select from vault.comment",
        "select from vault.former_match",
        f"{INSERT} values (1, 'one', 1, 'One', now(), '{{}}')",
        "insert into checkpoint values ('mine', 1)",
        "update step set position_to = 1",
        "update statement set position_to = 1",
        "insert into submission_state select * from submission_state",
        "insert into policy select * from policy",
        "delete from report",
        "delete from issued.content",
        "create table warehouse.mine (one integer)",
    ],
    "auditor": [
        f"{INSERT} values (1, 'one', 1, 'One', now(), '{{}}')",
        "insert into vault.access select * from vault.access",
        "select sealed from vault.person",
        "select * from vault.records_of('019a0000-0000-7000-8000-000000000001')",
        "select * from events.lock_head('one', 1)",
        "select events.grow_tree()",
        "select events.take_turn('tree')",
        "select from events.head for update",
        "lock table events.event in share mode",
        "select lo_create(0)",
        "update events.event set body = body where position = 1",
        "delete from events.event",
        "insert into events.tile values (0, 1000, sha256(''))",
        "insert into events.signed_checkpoint values (1, 1, '', '')",
        "update vault.person set sealed = null",
        "delete from vault.access",
        "update vault.access set purpose = 'other'",
        "insert into vault.hold select * from vault.hold",
        "update vault.comment set sealed = null",
        "insert into vault.comment select * from vault.comment",
        "update vault.former_match set match = null",
        "insert into statement select * from statement",
        "update submission_state set state = 'accepted'",
        "insert into issued.content values ('one', '')",
        "insert into checkpoint values ('mine', 1)",
        "update submission set valid = true",
    ],
    "owner": [
        "update events.event set type = 'Other'",
        "delete from events.event",
        "alter table events.event disable trigger all",
        "drop trigger immutable on events.event",
        "drop table events.event cascade",
        "create or replace function events.clock() returns timestamptz language sql return now()",
        "insert into events.tile values (0, 1000, sha256(''))",
        "update events.head set position = position",
        "set role nguon_log",
        "create role mine",
        "alter role nguon_owner login",
    ],
}


@pytest.mark.parametrize(("role", "statement"), [(role, each) for role in REFUSED for each in REFUSED[role]])
def test_what_is_not_the_work_of_a_role_is_refused(contexts: dict[str, Context], role: str, statement: str) -> None:
    with contexts[role].engine.connect() as connection, pytest.raises(ProgrammingError) as refused:
        connection.exec_driver_sql(statement)
    assert isinstance(refused.value.orig, psycopg2.errors.InsufficientPrivilege)


@pytest.mark.parametrize("statement", ["update events.event set type = 'Other'", "delete from events.event"])
def test_even_an_administrator_is_refused_changes_of_the_log(module_database: Engine, statement: str) -> None:
    with module_database.connect() as connection, pytest.raises(Exception, match="events are never changed"):
        connection.exec_driver_sql(statement)


def test_an_auditor_appends_nothing_but_readings_and_these_by_reading(contexts: dict[str, Context]) -> None:
    one = new_id()
    for event in (
        NewEvent(f"reading-{one}", 1, HoldReleased(one, one, "0" * 64)),
        NewEvent(f"reading-{one}", 1, PersonalDataAccessed(one, one, "0" * 64)),
    ):
        with contexts["auditor"].engine.connect() as connection, pytest.raises(psycopg2.errors.InsufficientPrivilege):
            log.append(connection, [event], TESTER)
    subject = subject_with(contexts, 1)
    with contexts["auditor"].engine.begin() as connection:
        before, _ = log.head(connection)
        read = connection.exec_driver_sql(
            "select * from events.record_reading(%s, 'auditor', 'trace', 'command.trace')", (subject,)
        ).all()
        nothing = connection.exec_driver_sql(
            "select * from events.record_reading(%s, 'auditor', 'trace', 'command.trace')", (one,)
        ).all()
        assert (len(read), nothing, log.head(connection)[0]) == (1, [], before + 1)
    with contexts["auditor"].engine.connect() as connection, pytest.raises(DBAPIError, match="by whom"):
        connection.exec_driver_sql("select * from events.record_reading(%s, 'auditor', 'trace', 'me')", (subject,))


@pytest.mark.parametrize("role", ["writer", "auditor"])
def test_the_guard_of_the_log_cannot_be_hung_on_another_table(contexts: dict[str, Context], role: str) -> None:
    with contexts[role].engine.connect() as connection:
        connection.exec_driver_sql("create temp table mine (like events.event)")
        with pytest.raises(ProgrammingError) as refused:
            connection.exec_driver_sql(
                "create trigger mine after insert on mine referencing new table as fresh"
                " for each statement execute function events.guard_append()"
            )
    assert isinstance(refused.value.orig, psycopg2.errors.InsufficientPrivilege)


def test_an_auditor_reads_proofs_from_what_was_signed(contexts: dict[str, Context]) -> None:
    with contexts["auditor"].engine.connect() as connection:
        signed = signing.latest(connection)
        assert signed
        assert merkle_tree.prove(connection, 1, signed.size)


def test_init_by_an_ordinary_account_says_in_one_line_what_an_administrator_has_to_run(module_database: Engine) -> None:
    with own_database(module_database) as (name, made):
        nguon, variables = new_home(), {"NGUON_DATABASE_URL": written(made.url), "NGUON_LANG": "en"}
        told = nguon("init", **variables)
        assert told.returncode == 0
        grants = f"run grant nguon_owner to {name}; grant nguon_log to {name}; and then"
        assert [line for line in told.stdout.splitlines() if grants in line]
        assert nguon("status", "2025Q1", **variables).returncode == 2  # It works, and has no units yet.
        for _ in range(2):  # nguon_log is given for as long as it takes to hand the log over
            lacking = json.loads(nguon("init", "--json", **variables).stdout)["roles_lacking"]
            assert lacking
            with module_database.begin() as connection:
                for statement in lacking:
                    connection.exec_driver_sql(statement)
        again = nguon("init", "--json", **variables)
        assert json.loads(again.stdout)["roles_lacking"] == []


def test_a_command_beyond_an_accounts_rights_is_one_line(contexts: dict[str, Context]) -> None:
    settings = contexts["reader"].settings
    refused = Nguon(settings.home)("rebuild", NGUON_DATABASE_URL=str(settings.database_url), NGUON_LANG="en")
    assert refused.returncode == 3
    assert refused.stderr.splitlines()[-1].count("The database account may not do this") == 1
