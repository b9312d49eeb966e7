"""Each guard of the log switched off, replaced, dropped or opened, as superuser: named by verify, put back by init."""

import json
import os

import pytest
from sqlalchemy import Engine

from events.checks import VerifyFailed, guards
from events.checks.guards import verify_guards
from events.proof.signers import SigningKey
from flows.verify import Keys, verify_snapshot
from warehouse.migrate import upgrade


def test_the_guards_are_those_of_the_migration(fresh_database: Engine) -> None:
    with fresh_database.connect() as connection:
        found = guards.found(connection)
    if "WRITE_GUARDS" in os.environ:
        lines = ",\n".join(json.dumps(list(guard), ensure_ascii=False) for guard in found)
        guards.MADE.write_text(f"[\n{lines}\n]\n", encoding="utf-8")
    assert found == guards.made()


ATTACKS = {
    "alter table events.event disable trigger guard_append": "trigger events.event guard_append",
    "alter table events.event enable replica trigger immutable": "trigger events.event immutable",
    "drop trigger immutable on events.event": "trigger events.event immutable",
    "drop trigger never_empty on events.head": "trigger events.head never_empty",
    "drop trigger grows on events.tile; drop trigger stays on events.tile": "trigger events.tile stays",
    "drop trigger gains_signatures on events.signed_checkpoint": "trigger events.signed_checkpoint gains_signatures",
    "drop trigger states_the_tree on events.signed_checkpoint": "trigger events.signed_checkpoint states_the_tree",
    "drop function events.guard_append() cascade": "function events.guard_append()",
    "create or replace function events.refuse_change() returns trigger language plpgsql"
    " as $$begin return new; end$$": "function events.refuse_change()",
    "create or replace function events.clock() returns timestamptz language sql as 'select now() + ''1 year'''": (
        "function events.clock()"
    ),
    "alter function events.lock_head set lock_timeout = '1d'": "function events.lock_head(",
    "alter function events.lock_head security invoker": "function events.lock_head(",
    "create function events.quiet() returns trigger language plpgsql as $$begin return null; end$$;"
    "create trigger a before insert on events.event for each row execute function events.quiet()": (
        "trigger events.event a"
    ),
    "alter table events.event drop constraint event_stream_key": "constraint events.event event_stream_key",
    "alter table events.signed_checkpoint drop constraint signed_checkpoint_note": (
        "constraint events.signed_checkpoint signed_checkpoint_note"
    ),
    "alter table vault.workbook drop constraint workbook_submission_fkey": (
        "constraint vault.workbook workbook_submission_fkey"
    ),
    "grant update, delete on events.event to nguon_writer": "right update on table events.event to nguon_writer",
    "grant insert on events.tile to public": "right insert on table events.tile to public",
    "grant select (sealed) on vault.person to nguon_auditor": (
        "right select on table vault.person (sealed) to nguon_auditor"
    ),
    "grant execute on function vault.records_of to public": "right execute on function vault.records_of(",
    "revoke select on events.event from nguon_auditor": "right select on table events.event to nguon_auditor",
    "alter table events.event owner to nguon_writer": "owner table events.event",
    "alter schema events owner to current_user": "owner schema events",
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_guard_that_was_touched_is_named_and_put_back(attack: str, module_database: Engine) -> None:
    with module_database.begin() as connection:
        connection.exec_driver_sql(attack)
        told = [f"{fault.where['kind']} {fault.where['name']}" for fault in verify_guards(connection)]
    assert any(name.startswith(ATTACKS[attack]) for name in told), told
    upgrade(module_database)
    with module_database.begin() as connection:
        left = [f"{fault.where['kind']} {fault.where['name']}" for fault in verify_guards(connection)]
        connection.exec_driver_sql("drop function if exists events.quiet")
    # A function that nothing calls is left to a person to look at.
    assert [name for name in left if "events.quiet" not in name] == []


def test_what_only_a_person_can_settle_is_named(module_database: Engine) -> None:
    with module_database.connect() as connection:
        for attack, name in {
            "create rule aside as on insert to events.event do instead nothing": "relation events.event",
            "alter table events.event alter column leaf_hash drop expression": "column events.event leaf_hash",
            "alter table events.event alter column stream drop not null": "column events.event stream",
            "create table events.shadow (one integer)": "relation events.shadow",
            "create view vault.names as select 1 as one": "relation vault.names",
            "set local session_replication_role = replica": "setting session_replication_role",
            "set local zero_damaged_pages = on": "setting zero_damaged_pages",
        }.items():
            connection.exec_driver_sql(attack)
            told = [f"{fault.where['kind']} {fault.where['name']}" for fault in verify_guards(connection)]
            assert name in told, (attack, told)
            connection.rollback()


def test_verifying_everything_tells_of_guards(module_database: Engine) -> None:
    key = SigningKey.generate("a/log").verifier
    with module_database.connect() as connection:
        connection.exec_driver_sql("alter table events.event disable trigger immutable")
        with pytest.raises(VerifyFailed) as failed:
            verify_snapshot(connection, Keys(key))
    assert failed.value.key == "verify.guard_changed"
    assert failed.value.details == {"kind": "trigger", "name": "events.event immutable"}
