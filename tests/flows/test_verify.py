"""Whatever is changed in the log, the vault or the issued contents, by whomever, is found and named."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from unittest.mock import patch

import pytest
from sqlalchemy import Connection, Engine
from sqlalchemy import text as sql

from events import vault
from events.checks import VerifyFailed
from events.errors import UsageError
from events.proof.signers import SigningKey
from events.vault import holds, workbook
from flows import checkpoints, consenting, erasure, reviewing
from flows.verify import Keys, verify, verify_snapshot
from schemas.messages.translation import text
from schemas.periods import parse
from tests.actors import TESTER
from tests.events.logs import fill
from tests.flows import tampering
from tests.flows.checked_close import checked_close
from tests.flows.office import Office
from tests.flows.tampering import TABLES, WITHOUT_RECORD
from tests.rows import AN, BINH, membership, vote

CUC = {**BINH, "identity": "083304007777", "name": "Lê Thị Cúc"}
DUNG = {**AN, "identity": "083204008888", "name": "Phạm Văn Dũng"}


@pytest.fixture(scope="module")
def office(module_database: Engine, tmp_path_factory: pytest.TempPathFactory) -> Office:
    """A province where all happened that can: revised, renumbered, invalid, given back, closed, read, held, erased.

    Signed thrice.
    """
    url = module_database.url.render_as_string(hide_password=False)
    made = Office.open(url, tmp_path_factory.mktemp("office"))
    checkpoints.sign(made.context)
    assert made.send({"nominees": [AN, BINH], "steps": [vote(AN, date(2025, 2, 1))]}).valid
    assert made.send({"nominees": [{**AN, "name": "Nguyễn Văn Ân"}, BINH]}).valid
    assert not made.send({"nominees": [{**AN, "birth_date": "?"}]}, unit="28756-02").valid
    checkpoints.sign(made.context)
    for number in ("083204001235", "083204001236"):
        assert made.send({"nominees": [{**AN, "name": "Nguyễn Văn Ân", "identity": number}, BINH]}).valid
    assert made.send({"nominees": [{**CUC, "identity": "083304007778"}]}, unit="28807-01").valid
    erased = made.send({"nominees": [CUC]}, unit="28807-01")
    assert made.send({"nominees": [DUNG]}, unit="28756-02").valid
    renumbered = made.send({"nominees": [{**DUNG, "identity": "083204008889"}]}, unit="28756-02")
    for given_back in (renumbered, erased):
        reviewing.give_back(made.context, given_back.submission, "implausible", "Xem lại số đoàn viên")
    assert made.send(
        {"nominees": [{**DUNG, "identity": "083204008889"}], "membership": membership(9)}, "28756-02"
    ).valid
    checked_close(made.context, parse("2025Q1"))
    made.receive(made.write({}, unit="28756-02", period="2025Q2"))
    subject = made.query("select subject::text from vault.subject order by 1 limit 1")[0].subject
    for purpose in ("trace", "correction"):
        with made.context.engine.begin() as connection:
            assert vault.read_person(connection, made.context.keystore, subject, "officer", purpose, TESTER)
    with made.context.engine.begin() as connection:
        holds.place(connection, subject, "inspection", "officer", TESTER)
        holds.release(connection, subject, "chief", TESTER)
        holds.place(connection, subject, "complaint", "another officer", TESTER)
        holds.release(connection, subject, "another chief", TESTER)
        holds.place(connection, subject, "proceedings", "officer", TESTER)
        for person in ("officer", "chief"):
            with patch.object(consenting, "_user", return_value=person):
                consenting.account(connection)
    (person,) = made.query(
        "select body #>> '{data,subject}' as subject from events.event"
        " where type = 'NomineeIdentified' and body #>> '{cause,submission}' = :submission",
        submission=erased.submission,
    )
    erasure.erase(made.context, person.subject, "request_of_the_person")
    fill(made.context.engine, 300)
    checkpoints.sign(made.context)
    return made


@pytest.fixture(scope="module")
def keys(office: Office) -> Keys:
    return checkpoints.keys_of(office.context)


@pytest.fixture
def tampered(office: Office) -> Iterator[Connection]:
    """The database in the hands of somebody with all rights; nothing of it stays."""
    with office.context.engine.connect() as connection:
        tampering.unlock(connection)
        yield connection
        connection.rollback()


def failure(connection: Connection, keys: Keys) -> VerifyFailed:
    with pytest.raises(VerifyFailed) as raised:
        verify_snapshot(connection, keys)
    for part in raised.value.parts:
        for language in ("vi", "en"):
            assert text(f"error.{part.key}", language, **part.details)
    first = raised.value.parts[0]
    assert (raised.value.key, raised.value.details) == (first.key, first.details)
    return raised.value


def faults(connection: Connection, keys: Keys) -> list[tuple[str, dict[str, object]]]:
    """All faults, without the prefix that their texts have; but for the guards that were taken away for these tests."""
    found = [(part.key.removeprefix("verify."), part.details) for part in failure(connection, keys).parts]
    return [(key, where) for key, where in found if not key.startswith("guard_")]


COLUMNS: dict[str, dict[str, str]] = {
    "events.event": {
        "position": "log_gap log_head",
        "stream": "log_column",
        "stream_version": "log_column",
        "type": "log_column",
        "recorded_at": "log_column log_head",
        "body": "log_column",
        "leaf_hash": "log_column",
    },
    "events.head": {"one": "log_head", "position": "log_head", "recorded_at": "log_head"},
    "events.tile": {
        "level": "tile_changed tile_unknown",
        "number": "tile_unknown tile_changed",
        "hashes": "tile_leaf tile_changed",
    },
    "events.signed_checkpoint": {
        "size": "checkpoint_column",
        "number": "checkpoint_gap",
        "root": "checkpoint_column",
        "note": "checkpoint_forged",
    },
    "vault.file": {
        "submission": "file_missing",
        "slot": "key_lost",
        "sealed_name": "file_changed",
        "sealed": "file_changed",
        "fingerprint": "fingerprint_changed",
    },
    "vault.workbook": {"submission": "workbook_unknown", "leaves": "rows_root", "sealed": "workbook_changed"},
    "vault.subject": {"subject": "subject_missing", "slot": "key_lost", "match": "subject_changed"},
    "vault.person": {
        "subject": "person_missing",
        "version": "person_version",
        "commitment": "person_missing",
        "likeness": "likeness_changed",
        "sealed": "person_changed",
        "kept": "person_lost",
    },
    "vault.former_match": {
        "subject": "former_match_unknown",
        "number": "former_match_missing",
        "match": "former_match_changed",
    },
    "vault.comment": {"submission": "comment_missing", "sealed": "comment_changed"},
    "vault.mention": {
        "submission": "mention_missing mention_unknown",
        "source": "mention_missing",
        "words": "mention_changed",
        "mac": "mention_changed",
    },
    "vault.tombstone": {"mark": "tombstone_changed", "subject": "tombstone_missing tombstone_changed"},
    "vault.access": {
        "reading": "reading_missing",
        "reader": "reading_changed",
        "subject": "reading_changed",
        "purpose": "reading_changed",
        "salt": "reading_changed",
    },
    "vault.hold": {
        "hold": "hold_missing",
        "subject": "hold_changed",
        "reason": "hold_changed",
        "placed_by": "hold_changed",
        "placed_salt": "hold_changed",
        "released_by": "hold_changed",
        "released_salt": "hold_changed",
    },
    "vault.account": {"account": "account_missing", "name": "account_changed", "salt": "account_changed"},
    "issued.content": {"content_hash": "report_missing", "content": "report_changed"},
}
"""What verification says of a changed value."""

ROWS: dict[str, tuple[str, str, str]] = {
    "events.event": ("log_gap log_head", "log_head", "log_head"),
    "events.head": ("log_head", "log_head", ""),
    "events.tile": ("tile_changed tile_unknown checkpoint_ahead", "tile_unknown", "tile_changed"),
    "events.signed_checkpoint": (
        "checkpoint_gap checkpoint_lost",
        "checkpoint_column checkpoint_gap",
        "checkpoint_column checkpoint_gap",
    ),
    "vault.file": ("file_missing", "file_unknown", "file_changed file_lost file_not_erased key_lost"),
    "vault.workbook": ("rows_root", "workbook_unknown", "workbook_changed workbook_lost rows_root"),
    "vault.subject": ("subject_missing", "subject_unknown", "subject_changed subject_lost subject_not_erased key_lost"),
    "vault.person": ("person_missing", "person_unknown", "person_missing person_lost person_not_erased"),
    "vault.former_match": ("former_match_missing", "former_match_unknown", "former_match_changed"),
    "vault.comment": ("comment_missing", "comment_unknown", "comment_changed comment_lost comment_not_erased"),
    "vault.mention": ("mention_missing", "mention_unknown", "mention_changed"),
    "vault.tombstone": ("tombstone_changed", "tombstone_changed", ""),
    "vault.access": ("reading_missing", "reading_unknown", "reading_changed"),
    "vault.hold": ("hold_missing", "hold_unknown", "hold_changed hold_lost"),
    "vault.account": ("account_missing", "account_unknown", "account_changed"),
    "issued.content": ("report_missing", "report_unknown", "report_changed"),
}
"""What verification says of a row deleted, inserted, or swapped with another."""


def test_an_untouched_province_verifies(office: Office, keys: Keys) -> None:
    stages: list[str] = []
    found = verify(office.context.engine, keys, lambda stage, done, of: stages.append(stage) if done == of else None)
    assert found.events == found.signed > 300
    assert (found.checkpoints, found.files, found.persons, found.reports) == (3, 11, 9, 8)
    assert set(stages) == {"log", "laws", "sealed"}


def test_who_verifies_needs_the_public_key_and_not_the_one_that_signs(office: Office, keys: Keys) -> None:
    signing = office.context.settings.home / "keys" / "signing.key"
    away = signing.rename(signing.with_suffix(".away"))
    try:
        assert verify(office.context.engine, checkpoints.keys_of(office.context, keys.log)).signed > 300
        with pytest.raises(UsageError, match="key_missing"):
            checkpoints.keys_of(office.context)
    finally:
        away.rename(signing)


def test_every_column_of_every_table_has_a_case(office: Office) -> None:
    rows = office.query(
        "select table_schema || '.' || table_name as name, column_name from information_schema.columns"
        " where table_schema in ('events', 'vault', 'issued')"
    )
    found = {(row.name, row.column_name) for row in rows if row.name not in WITHOUT_RECORD}
    assert found == {(t, c) for t, columns in COLUMNS.items() for c in columns}
    assert set(ROWS) == set(TABLES) == set(COLUMNS)


@pytest.mark.parametrize("last", [False, True], ids=["first", "last"])
@pytest.mark.parametrize(("table", "column"), [(t, c) for t, columns in COLUMNS.items() for c in columns])
def test_a_changed_value_is_found(tampered: Connection, keys: Keys, table: str, column: str, last: bool) -> None:
    tampering.change(tampered, table, column, last=last)
    found = failure(tampered, keys)
    assert found.key.removeprefix("verify.") in COLUMNS[table][column].split()
    assert found.details


@pytest.mark.parametrize(
    ("table", "column"), [(t.fullname, c.name) for t in TABLES.values() for c in t.columns if c.nullable]
)
def test_a_lost_value_is_found(tampered: Connection, keys: Keys, table: str, column: str) -> None:
    tampering.empty(tampered, table, column)
    name = table.split(".")[1]
    # What the server says of a record that is sealed goes on saying it, once its expression is out of the way.
    assert (
        failure(tampered, keys).key
        == f"verify.{name}_{'changed' if (name, column) == ('person', 'sealed') else 'lost'}"
    )


def test_a_row_sealed_anew_with_the_right_key_is_found(office: Office, tampered: Connection, keys: Keys) -> None:
    """Whoever has the keys as well changes one row, and takes the content of another away."""
    assert keys.vault is not None
    (submission,) = tampered.exec_driver_sql("select submission::text from vault.workbook limit 1").scalars()
    rows = vault.rows_of(tampered, keys.vault, [submission])[submission]
    rows[0], rows[1] = vault.make_row(rows[0].sheet, rows[0].row, b"{}"), rows[1].erased()
    sealed = workbook.seal_rows(vault.submission_key(tampered, keys.vault, submission), rows)
    places = {"submission": submission, "sealed": sealed}
    tampered.execute(sql("update vault.workbook set sealed = :sealed where submission = :submission"), places)
    found = [(key, where) for key, where in faults(tampered, keys) if key.startswith("row_")]
    assert found == [
        ("row_changed", {"submission": submission, "sheet": rows[0].sheet, "row": rows[0].row}),
        ("row_lost", {"submission": submission, "sheet": rows[1].sheet, "row": rows[1].row}),
    ]


@pytest.mark.parametrize("last", [False, True], ids=["first", "last"])
@pytest.mark.parametrize("table", list(TABLES))
def test_a_deleted_row_is_found(tampered: Connection, keys: Keys, table: str, last: bool) -> None:
    tampering.delete(tampered, table, last=last)
    assert failure(tampered, keys).key.removeprefix("verify.") in ROWS[table][0].split()


@pytest.mark.parametrize("table", list(TABLES))
def test_an_inserted_row_is_found(tampered: Connection, keys: Keys, table: str) -> None:
    tampering.insert(tampered, table)
    assert failure(tampered, keys).key.removeprefix("verify.") in ROWS[table][1].split()


@pytest.mark.parametrize("table", [table for table in TABLES if ROWS[table][2]])
def test_swapped_rows_are_found(tampered: Connection, keys: Keys, table: str) -> None:
    tampering.swap(tampered, table)
    assert failure(tampered, keys).key.removeprefix("verify.") in ROWS[table][2].split()


def test_a_changed_fact_is_found_by_its_position_though_all_columns_agree(tampered: Connection, keys: Keys) -> None:
    (position,) = tampered.exec_driver_sql(
        "update events.event set body = replace(body::text, '\"female\"', '\"male\"')::json"
        " where position = (select min(position) from events.event where body::text like '%%\"female\"%%')"
        " returning position"
    ).one()
    assert failure(tampered, keys).details == {"position": position, "column": "leaf_hash"}
    tampered.exec_driver_sql("update events.event set leaf_hash = events.leaf(body)")
    found = failure(tampered, keys)
    assert (found.key, found.details) == ("verify.tile_leaf", {"position": position})


def test_a_changed_fact_is_found_by_the_signature_though_the_tree_was_made_anew(
    tampered: Connection, keys: Keys
) -> None:
    from events.proof import merkle_tree

    tampered.exec_driver_sql(
        "update events.event set body = replace(body::text, '\"female\"', '\"male\"')::json"
        " where position = (select max(position) from events.event where body::text like '%%\"female\"%%')"
    )
    tampered.exec_driver_sql("update events.event set leaf_hash = events.leaf(body)")
    tampered.exec_driver_sql("delete from events.tile")
    merkle_tree.grow(tampered)
    assert failure(tampered, keys).key == "verify.checkpoint_root"


def test_a_log_cut_short_with_all_its_checkpoints_is_found_by_the_one_kept_outside(
    tampered: Connection, keys: Keys
) -> None:
    for table in ("signed_checkpoint", "tile", "event"):
        tampered.exec_driver_sql(f"delete from events.{table}")
    tampered.exec_driver_sql("update events.head set position = 0, recorded_at = '2000-01-01T00:00:00Z'")
    for table in (
        "workbook",
        "person",
        "access",
        "hold",
        "comment",
        "mention",
        "tombstone",
        "file",
        "former_match",
        "subject",
        "account",
    ):
        tampered.exec_driver_sql(f"delete from vault.{table}")
    tampered.exec_driver_sql("delete from issued.content")
    assert failure(tampered, keys).key == "verify.checkpoint_ahead"
    assert faults(tampered, Keys(keys.log, keys.matching)) == []


@pytest.mark.parametrize(
    ("body", "key"),
    [
        ("replace(body::text, ',\"data\"', ', \"data\"')", "body_not_canonical"),
        ("replace(body::text, '\"v\":1', '\"v\":2')", "body_unknown"),
        ("replace(body::text, '\"unit\":', '\"home\":')", "body_malformed"),
        ('replace(body::text, \'"by":"\', \'"by":"\\u0000\')', "body_malformed"),
    ],
)
def test_a_body_that_is_not_as_the_log_writes_it_is_named(
    tampered: Connection, keys: Keys, body: str, key: str
) -> None:
    tampered.exec_driver_sql(f"update events.event set body = ({body})::json where position = 1")
    tampered.exec_driver_sql("update events.event set leaf_hash = events.leaf(body)")
    assert failure(tampered, keys).key.removeprefix("verify.") in key.split()


POISON = {
    "not text that SQL can take": "overlay(body::text placing '\\u0000' from length(body::text) - 8 for 0)",
    "no object": "'[]'",
    "nothing where an id belongs": """regexp_replace(body::text, '"submission":"[^"]*"', '"submission":"?"')""",
    "a list where an id belongs": """regexp_replace(body::text, '"submission":"[^"]*"', '"submission":[1]')""",
    "as deep as it may be": "(repeat('[', 5000) || repeat(']', 5000))",
    "a size without end": """regexp_replace(body::text, '"size":[0-9]*', '"size":1e999')""",
    "an erasure of nothing": """regexp_replace(body::text, '"submissions":[^}]*', '"submissions":7')""",
}


@pytest.mark.parametrize("poison", POISON)
@pytest.mark.parametrize("kind", ["SubmissionReceived", "SubmissionFoundValid", "SubjectErased", "HoldPlaced"])
def test_a_poisoned_event_is_named_and_hides_no_other_fault(
    tampered: Connection, keys: Keys, kind: str, poison: str
) -> None:
    (position,) = tampered.exec_driver_sql(
        f"update events.event set body = ({POISON[poison]})::json"
        f" where position = (select min(position) from events.event where type = '{kind}') returning position"
    ).one()
    tampered.exec_driver_sql("update vault.access set purpose = 'other' where purpose = 'trace'")
    tampering.change(tampered, "issued.content", "content", last=False)
    found = faults(tampered, keys)
    assert ("body_malformed", {"position": position}) in found or "regexp" in POISON[poison]
    assert {"reading_changed", "report_changed"} <= {key for key, _ in found}
    assert "law_unchecked" not in {key for key, _ in found}


def test_each_fault_is_named_with_its_place(tampered: Connection, keys: Keys) -> None:
    tampering.change(tampered, "vault.comment", "sealed", last=False)
    tampering.change(tampered, "events.tile", "hashes", last=False)
    tampering.delete(tampered, "vault.hold", last=True)
    tampering.insert(tampered, "vault.access")
    tampered.exec_driver_sql("update events.event set type = 'UnitMoved' where position in (2, 299)")
    found = faults(tampered, keys)
    assert [key for key, _ in found] == [
        "log_column",
        "log_column",
        "tile_leaf",
        "checkpoint_root",
        "checkpoint_root",
        "reading_unknown",
        "hold_missing",
        "comment_changed",
    ]
    assert [where for key, where in found if key == "log_column"] == [
        {"position": 2, "column": "type"},
        {"position": 299, "column": "type"},
    ]


@pytest.mark.parametrize(
    ("restored", "key"),
    [
        (
            "update vault.person set likeness = 'x', sealed = 'x' where sealed is null and version = 1",
            "person_not_erased",
        ),
        ("update vault.subject set match = 'x' where match is null", "subject_not_erased"),
        ("update vault.former_match set match = 'x' where match is null", "former_match_not_erased"),
        ("update vault.comment set sealed = 'x' where sealed is null", "comment_not_erased"),
        (
            "update vault.file set sealed_name = 'An.xlsx'"
            " where submission = (select min(submission::text)::uuid from vault.file where sealed_name is null)",
            "file_not_erased",
        ),
    ],
)
def test_what_was_erased_and_is_there_again_is_found(tampered: Connection, keys: Keys, restored: str, key: str) -> None:
    assert tampered.exec_driver_sql(restored).rowcount == 1
    assert failure(tampered, keys).key == f"verify.{key}"


def test_a_number_mistyped_corrected_and_put_back_verifies(fresh_database: Engine, tmp_path: Path) -> None:
    office = Office.open(fresh_database.url.render_as_string(hide_password=False), tmp_path)
    keys = checkpoints.keys_of(office.context)
    one, two, three = ("083204001234", "083204001235", "083204001236")
    for number, name in ((one, "An"), (two, "An"), (one, "Ân"), (two, "Ân"), (three, "Ân")):
        assert office.send({"nominees": [{**AN, "identity": number, "name": f"Nguyễn Văn {name}"}]}).valid
        verify(office.context.engine, keys)
    assert len(office.query("select from vault.subject")) == 1
    former = office.query("select match is null as taken_up from vault.former_match order by number")
    assert [row.taken_up for row in former] == [True, True, False, False]
    office.context.engine.dispose()


def test_words_about_what_was_erased_verify_before_and_after_they_are_erased_too(
    fresh_database: Engine, tmp_path: Path
) -> None:
    office = Office.open(fresh_database.url.render_as_string(hide_password=False), tmp_path)
    keys = checkpoints.keys_of(office.context)
    sent = office.send({"nominees": [AN]})
    (row,) = office.query("select subject::text from vault.subject")
    erasure.erase(office.context, row.subject, "request_of_the_person")
    reviewing.give_back(office.context, sent.submission, "implausible", "Hỏi lại anh Nguyễn Văn An")
    verify(office.context.engine, keys)
    erasure.erase(office.context, row.subject, "request_of_the_person")
    assert office.query("select from vault.comment where sealed is not null") == []
    verify(office.context.engine, keys)
    office.context.engine.dispose()


def test_another_signing_or_matching_key_does_not_verify_this_log(office: Office, keys: Keys) -> None:
    with office.context.engine.connect() as connection:
        other = SigningKey.generate(keys.log.name).verifier
        assert failure(connection, Keys(other, keys.matching)).key == "verify.checkpoint_forged"
        assert {part.key for part in failure(connection, Keys(keys.log, bytes(32), keys.vault)).parts} >= {
            "verify.subject_changed",
            "verify.fingerprint_changed",
            "verify.mention_changed",
            "verify.likeness_changed",
        }


def test_events_after_the_last_checkpoint_verify_and_are_told_apart(tampered: Connection, keys: Keys) -> None:
    tampered.rollback()
    before = verify_snapshot(tampered, keys)
    subject = tampered.exec_driver_sql("select subject::text from vault.person where sealed is not null").scalars()
    assert vault.read_person(tampered, keys.vault, subject.all()[0], "officer", "trace", TESTER)
    after = verify_snapshot(tampered, keys)
    assert (after.signed, after.events) == (before.signed, before.events + 1)


def test_the_newest_checkpoint_is_kept_beside_the_keys(office: Office, keys: Keys) -> None:
    kept = max((office.context.settings.home / "checkpoints").glob("*.checkpoint")).read_bytes()
    newest = office.query("select note from events.signed_checkpoint order by size desc limit 1")[0].note
    assert kept.decode() == newest
    assert keys.kept is not None
