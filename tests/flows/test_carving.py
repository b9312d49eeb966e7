"""What is erased is carved for: in data files with their dead rows, in the write-ahead log and the server's own log."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine

from events.vault import keystore
from events.vault.keystore import SLOT_SIZE, DataKey, Unreadable
from flows import audit, reviewing, yearly_list
from flows.erasure import erase
from flows.validation import validate_pending
from schemas.periods import parse
from tests.flows.keepings import _forms
from tests.flows.office import Office
from tests.flows.test_erasure import WHY, inbox, office_step, subject_of
from tests.rows import AN, BINH, vote

BEGINNING = 48
"""Bytes by which something sealed is known: longer than any chance, shorter than the first piece of a long value."""


@pytest.fixture
def data(fresh_database: Engine) -> Path:
    """The server's data folder, where this account may read it."""
    with fresh_database.connect() as connection:
        folder = Path(connection.exec_driver_sql("show data_directory").scalar_one())
    if not folder.is_dir():
        pytest.skip("the server is another account's or another machine's")
    return folder


def carved(data: Path, engine: Engine) -> Iterator[bytes]:
    """Every file of the database and of the write-ahead log, as it lies on the disk."""
    with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        connection.exec_driver_sql("checkpoint")
        oid = connection.exec_driver_sql("select oid from pg_database where datname = current_database()").scalar_one()
    for path in (*(data / "base" / str(oid)).iterdir(), *(data / "pg_wal").iterdir()):
        if path.is_file():
            yield path.read_bytes()


def sealed_of(office: Office) -> list[bytes]:
    """Everything sealed that the vault keeps."""
    return [
        bytes(row.sealed)
        for row in office.query(
            "select sealed from vault.person union all select sealed from vault.file union all select sealed_name"
            " from vault.file union all select sealed from vault.workbook union all select sealed from vault.comment"
        )
        if row.sealed
    ]


def keys_left(office: Office) -> list[DataKey]:
    """Every key that the store still holds, whosever it is."""
    store = office.context.keystore
    found = [store.key(owner, slot) for slot, owner in store.owners()]
    return [key for key in found if key]


def opens(key: DataKey, sealed: bytes, labels: list[str]) -> bool:
    for label in labels:
        try:
            key.open(label, sealed)
            return True
        except Unreadable:
            continue
    return False


def test_what_is_carved_after_an_erasure_opens_under_no_key_that_is_left(office: Office, data: Path) -> None:
    engine, home = office.context.engine, office.context.settings.home
    steps = [vote(AN, date(2025, 2, 1))]
    path = office.write({"nominees": [AN, BINH], "steps": steps})
    inbox(office, path)
    office.receive(path)
    assert office.send({"nominees": [{**BINH, "sex": "?"}]}, unit="28756-02").valid is False
    office.send({"nominees": [AN]}, period="2025Q2")
    ann = subject_of(office, AN)
    before = sealed_of(office)
    names = [row.submission for row in office.query("select submission::text from vault.file")]
    labels = [
        *(row.subject for row in office.query("select subject::text from vault.subject")),
        *names,
        "name",
        "rows",
        *(row.name for row in [*(home / "inbox").rglob("*"), *office.folder.iterdir()]),
    ]
    slots = {int(row.slot) for row in office.query("select slot from vault.subject where subject = :ann", ann=ann)}
    slots |= {int(row.slot) for row in office.query("select slot from vault.file")}
    store = (home / "keys" / keystore.STORE_FILE).read_bytes()
    theirs = {slot: store[slot * SLOT_SIZE + 16 : (slot + 1) * SLOT_SIZE] for slot in slots}
    opened = {one for one in before if any(opens(key, one, labels) for key in keys_left(office))}
    assert opened == set(before), "as long as there are keys, all that is carved opens"

    done = erase(office.context, ann, WHY)

    pages = list(carved(data, engine))
    assert len(done.submissions) == 2
    gone = [one for one in before if one not in sealed_of(office)]
    dead = [one for one in gone if any(one[:BEGINNING] in page for page in pages)]
    assert len(dead) >= 5, "dead rows and the write-ahead log keep what was sealed"
    left = keys_left(office)
    assert left and not [one for one in gone if any(opens(key, one, labels) for key in left)]
    emptied = [slot for slot in slots if office.context.keystore.destroyed(slot)]
    assert len(emptied) == 3
    on_disk = [*pages, *(path.read_bytes() for path in home.rglob("*") if path.is_file())]
    assert not [slot for slot in emptied if any(theirs[slot] in content for content in on_disk)]
    needles = [form for word in (AN["name"], AN["identity"]) for form in _forms(str(word)) if len(form) > 8]
    assert not [form for form in needles if any(form in content.lower() for content in pages)]


def test_what_is_carved_after_a_file_was_refused_for_naming_the_erased_opens_under_no_key_that_is_left(
    office: Office, data: Path
) -> None:
    home = office.context.settings.home
    assert office.send({"nominees": [AN]}).valid
    erase(office.context, subject_of(office, AN), WHY)
    path = office.write({"nominees": [AN, BINH]}, unit="28756-02", period="2025Q2")
    inbox(office, path)
    submission = office.receive(path)
    (file,) = office.query("select slot, sealed_name, sealed from vault.file where submission = :s", s=submission)
    sealed = [bytes(file.sealed_name), bytes(file.sealed)]
    labels = ["name", path.name]
    store = (home / "keys" / keystore.STORE_FILE).read_bytes()
    wrapped = store[file.slot * SLOT_SIZE + 16 : (file.slot + 1) * SLOT_SIZE]
    assert {one for one in sealed if any(opens(key, one, labels) for key in keys_left(office))} == set(sealed)

    (verdict,) = validate_pending(office.context)

    assert {"nominee.erased"} <= {finding.code for finding in verdict.findings}
    pages = list(carved(data, office.context.engine))
    assert all(any(one[:BEGINNING] in page for page in pages) for one in sealed), "dead rows keep what was sealed"
    assert not [one for one in sealed if any(opens(key, one, labels) for key in keys_left(office))]
    on_disk = [*pages, *(path.read_bytes() for path in home.rglob("*") if path.is_file())]
    assert not [content for content in on_disk if wrapped in content]
    needles = [form for word in (AN["name"], AN["identity"]) for form in _forms(str(word)) if len(form) > 8]
    assert not [form for form in needles if any(form in content.lower() for content in on_disk)]


def test_no_word_of_a_person_stands_in_a_statement_however_the_server_logs(
    office: Office, data: Path, fresh_database: Engine
) -> None:
    log = data.parent / "log"
    if not log.is_file():
        pytest.skip("where the server logs is not known")
    start = log.stat().st_size
    with fresh_database.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        for setting, value in (
            ("log_statement", "all"),
            ("log_min_error_statement", "debug5"),
            ("log_min_messages", "debug1"),
            ("log_error_verbosity", "verbose"),
            ("log_parameter_max_length", "-1"),
            ("log_parameter_max_length_on_error", "-1"),
        ):
            connection.exec_driver_sql(f"alter database \"{fresh_database.url.database}\" set {setting} = '{value}'")
    office.context.engine.dispose()
    fresh_database.dispose()

    born = {**AN, "on": date(2025, 12, 2)}
    step = {"identity": AN["identity"], "step": office_step("handed_over"), "on": date(2025, 12, 20)}
    verdict = office.send({"nominees": [born, BINH], "steps": [step]}, period="2025Q4")
    assert verdict.valid
    yearly_list.write_yearly_list(office.context, parse("2025"))
    again = office.send({"nominees": [{**born, "name": "Nguyễn Văn Ân"}, BINH], "steps": [step]}, period="2025Q4")
    reviewing.give_back(office.context, again.submission, "incomplete", f"Xem lại {AN['name']} {AN['identity']}")
    ann = subject_of(office, AN)
    audit.trace(office.context, ann, "auditor")
    audit.trace(office.context, again.submission, "auditor")
    erase(office.context, ann, WHY)
    assert not office.send({"nominees": [born]}, period="2025Q4").valid

    with log.open("rb") as file:
        file.seek(start)
        written = file.read()
    assert written.count(b"vault.person") > 3 and written.count(b"vault.tombstone") > 1
    words = [AN["name"], AN["identity"], BINH["name"], BINH["identity"], "Nguyễn Văn Ân"]
    found = {form for word in words for form in _forms(str(word)) if len(form) > 8 and form in written.lower()}
    assert not found
