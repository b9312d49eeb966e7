"""Who is erased is gone from everything that we keep; what was counted, issued, signed and proven stays."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from shutil import copyfile
from unittest.mock import Mock

import openpyxl
import pytest

from events import vault
from events.errors import NguonError, RefusedError, UsageError
from events.ids import new_id
from events.log import WrongExpectedVersion
from events.proof import export, receipt
from events.vault import erasure, holds
from flows import audit, checkpoints, resurfacing, validation, yearly_list
from flows.audit import SubjectTrace, SubmissionTrace
from flows.erasure import erase, forget, lift, locked
from flows.reading import READER
from flows.reporting import report
from flows.verify import verify
from reports.content.compiling import encode
from schemas.gate.cells import Answer
from schemas.periods import parse
from tests.actors import TESTER
from tests.flows.checked_close import checked_close
from tests.flows.keepings import traces
from tests.flows.office import Office
from tests.rows import AN, BINH, membership, vote
from warehouse.projections import project

AN_WORDS = [AN["name"], AN["identity"]]
BINH_WORDS = [BINH["name"], BINH["identity"]]
HANDED = {"step": "Lập danh sách gửi cấp ủy"}
WHY = "request_of_the_person"


def inbox(office: Office, path: Path, name: str | None = None) -> Path:
    """Put a copy of a file into the inbox, as one that was taken in from there."""
    copy = office.context.settings.home / "inbox" / "2025-03-15" / (name or path.name)
    copy.parent.mkdir(parents=True, exist_ok=True)
    copyfile(path, copy)
    return copy


def subject_of(office: Office, person: dict[str, object]) -> str:
    matched = vault.match(office.context.matching_key, str(person["identity"]).encode())
    with office.context.engine.connect() as connection:
        return vault.subjects(connection, [matched])[matched]


@pytest.fixture
def lively(office: Office) -> Office:
    """An stands in valid workbooks and in invalid ones, Bình beside him; the quarter is closed, the log signed."""
    sent = []

    def send(rows: dict[str, list[dict[str, object]]], *, valid: bool, **place: str) -> None:
        path = office.write(rows, **place)
        inbox(office, path)
        sent.append(office.receive(path))
        validation.validate_pending(office.context)
        (found,) = office.query(
            "select type from events.event where stream = :s and stream_version = 2", s=f"submission-{sent[-1]}"
        )
        assert (found.type == "SubmissionFoundValid") == valid

    steps = [vote(AN, date(2025, 2, 1)), vote(BINH, date(2025, 2, 1))]
    send({"nominees": [{**AN, "name": "Nguyễn Văn Ân"}, BINH], "steps": steps}, valid=True)
    send({"nominees": [AN, BINH], "steps": steps}, valid=True)
    send({"nominees": [AN, BINH], "steps": [*steps, vote(BINH, date(2025, 2, 2))]}, valid=True)
    send({"nominees": [{**AN, "identity": 83204001234}]}, valid=False)
    send({"nominees": [{**AN, "identity": None}]}, valid=False)
    send({"nominees": [{**AN, "identity": "083204001243", "sex": "?"}]}, valid=False, unit="28756-02")
    send({"nominees": [{**BINH, "sex": "?"}]}, valid=False, unit="28756-02")
    send({"nominees": [{**AN, "identity": "083 204 001 234"}]}, valid=False, unit="28807-01")
    checked_close(office.context, parse("2025Q1"))
    checkpoints.sign(office.context)
    return office


def test_nothing_that_names_the_erased_can_be_found_and_everything_else_stays(lively: Office) -> None:
    office = lively
    home, engine = office.context.settings.home, office.context.engine
    (home / "inbox" / "notes.xlsx").write_bytes(b"somebody else's")
    later = inbox(office, office.write({"nominees": [AN]}, period="2025Q2"), "Nguyễn Văn An.xlsx")
    pending = office.receive(later, date(2025, 5, 2))
    an, binh = subject_of(office, AN), subject_of(office, BINH)
    with engine.connect() as connection:
        note = checkpoints.sign(office.context).note
        submissions = [row.submission for row in office.query("select submission::text from vault.file")]
        receipts = [receipt.make(connection, submission, note) for submission in submissions]
    figures, content = office.figures(), encode(report(office.context, "83", parse("2025Q1")))
    assert figures["identified"] == 2
    assert len(traces(engine, home, AN_WORDS)) >= 10
    found_before = traces(engine, home, BINH_WORDS)

    done = erase(office.context, an, WHY)

    assert traces(engine, home, [*AN_WORDS, "Nguyễn Văn Ân"]) == []
    assert (done.records, done.rows, len(done.submissions), len(done.removed)) == (2, 7, 8, 8)
    assert pending in done.submissions
    assert (home / "inbox" / "notes.xlsx").exists()
    found = traces(engine, home, BINH_WORDS)
    assert found and set(found) <= set(found_before)
    assert all("inbox" in place for place in found), "a workbook without An stays in the inbox; the rest is sealed"
    with engine.connect() as connection:
        kept = vault.rows_of(connection, office.context.keystore, done.submissions)
    rows = [row.content.decode() for rows in kept.values() for row in rows if row.content]
    assert any(BINH["name"] in row for row in rows) and not any(AN["name"] in row for row in rows)
    assert office.figures() == figures
    assert encode(report(office.context, "83", parse("2025Q1"))) == content
    keys = checkpoints.keys_of(office.context)
    for each in receipts:
        receipt.verify_receipt(each, keys.log, partial=True)
    assert verify(engine, keys).events > note_size(office)
    traced = audit.trace(office.context, an, "auditor")
    assert isinstance(traced, SubjectTrace) and traced.person is None
    assert [fact.type for fact in traced.facts][-1] == "SubjectErased"
    sent = audit.trace(office.context, done.submissions[0], "auditor")
    assert isinstance(sent, SubmissionTrace) and sent.file is None
    other = audit.trace(office.context, binh, "auditor")
    assert isinstance(other, SubjectTrace) and other.person is not None and other.person.name == BINH["name"]
    checkpoints.sign(office.context)
    verify(engine, checkpoints.keys_of(office.context))


def note_size(office: Office) -> int:
    return int(office.query("select max(size) from events.signed_checkpoint")[0][0])


def test_somebody_in_more_submissions_than_an_event_holds_is_erased(office: Office) -> None:
    assert office.send({"nominees": [AN]}).valid
    an = subject_of(office, AN)
    first = erase(office.context, an, WHY)
    many = tuple(sorted(new_id() for _ in range(4000)))
    with office.context.engine.begin() as connection:
        position = erasure.record(connection, an, version(office, an), WHY, many, TESTER)
        found = erasure.recorded(connection, an)
    assert found and (found.position, found.reason) == (first.position, WHY)
    assert set(found.submissions) == {*many, *first.submissions}
    assert position > version(office, an) == 2 + 4
    checkpoints.sign(office.context)
    verify(office.context.engine, checkpoints.keys_of(office.context))


def test_what_several_events_tell_is_one_erasure(lively: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(erasure, "TOLD_TOGETHER", 3)
    an = subject_of(lively, AN)
    done = erase(lively.context, an, WHY)
    again = erase(lively.context, an, WHY)
    assert len(done.submissions) == 7 and again.submissions == done.submissions
    assert (again.repeated, again.position) == (True, done.position)
    told = lively.query("select position from events.event where type = 'SubjectErased' order by position")
    assert [row.position for row in told] == [done.position, done.position + 1, done.position + 2]
    assert traces(lively.context.engine, lively.context.settings.home, AN_WORDS) == []
    lift(lively.context, an, "erased_in_error")
    checkpoints.sign(lively.context)
    verify(lively.context.engine, checkpoints.keys_of(lively.context))


def version(office: Office, subject: str) -> int:
    (found,) = office.query(
        "select max(stream_version) as version from events.event where stream = :s", s=f"nomination-{subject}"
    )
    return int(found.version)


def test_closing_again_after_an_erasure_gives_the_same_answer(lively: Office) -> None:
    before = checked_close(lively.context, parse("2025Q1"))
    erase(lively.context, subject_of(lively, AN), WHY)
    assert checked_close(lively.context, parse("2025Q1")) == before


def test_two_who_stand_in_the_same_workbook_are_erased_one_after_the_other(lively: Office) -> None:
    first = erase(lively.context, subject_of(lively, AN), WHY)
    second = erase(lively.context, subject_of(lively, BINH), "retention_ended")
    assert set(first.submissions) & set(second.submissions)
    assert traces(lively.context.engine, lively.context.settings.home, AN_WORDS + BINH_WORDS) == []
    verify(lively.context.engine, checkpoints.keys_of(lively.context))


def test_a_list_with_the_erased_is_removed_and_other_lists_stay(office: Office) -> None:
    lists = {}
    for year, person in ((2024, BINH), (2025, AN)):
        born = {**person, "on": date(year, 12, 2)} if year == 2024 else person
        unit = "28756-01" if year == 2025 else "28756-02"
        step = {"identity": born["identity"], "step": office_step("handed_over"), "on": date(year, 12, 20)}
        period = f"{year}Q4"
        assert office.send({"nominees": [born], "steps": [step]}, unit=unit, period=period).valid
        lists[year], people = yearly_list.write_yearly_list(office.context, parse(str(year)))
        assert people == 1
    copy = lists[2025].with_name("to hand over.xlsx")
    copyfile(lists[2025], copy)
    torn = lists[2025].with_name(".tmp123")
    torn.write_bytes(b"half a list")
    done = erase(office.context, subject_of(office, AN), WHY)
    assert set(done.removed) == {lists[2025], copy, torn}
    assert lists[2024].exists()
    assert yearly_list.write_yearly_list(office.context, parse("2025"))[1] == 0
    assert traces(office.context.engine, office.context.settings.home, AN_WORDS) == []


def office_step(code: str) -> str:
    from schemas.vocabulary.steps import REPORTED_STEP
    from schemas.vocabulary.terms import Vocabulary

    steps: Vocabulary = REPORTED_STEP
    return steps.terms[code]("vi")


def test_who_is_reported_again_is_somebody_new_once_that_is_allowed(lively: Office) -> None:
    old = subject_of(lively, AN)
    erase(lively.context, old, WHY)
    assert not lively.send({"nominees": [AN]}, period="2025Q2").valid
    lift(lively.context, old, "consent_given")
    assert lively.send({"nominees": [AN], "membership": membership(11)}, period="2025Q2").valid
    assert subject_of(lively, AN) != old
    assert lively.figures()["identified"] == 3 - (AN["on"] > date(2025, 3, 31))
    verify(lively.context.engine, checkpoints.keys_of(lively.context))


def test_a_revision_that_leaves_the_erased_out_changes_no_figure(lively: Office) -> None:
    """Until they may be reported again: then a return that does not state them retracts them."""
    figures = lively.figures()
    an = subject_of(lively, AN)
    erase(lively.context, an, WHY)
    revised: dict[str, list[dict[str, object]]] = {"nominees": [BINH], "steps": [vote(BINH, date(2025, 2, 1))]}
    assert not lively.send({**revised, "nominees": [AN, BINH]}).valid
    assert lively.send(revised).valid
    assert lively.figures() == figures
    verify(lively.context.engine, checkpoints.keys_of(lively.context))
    lift(lively.context, an, "consent_given")
    assert lively.send({**revised, "membership": membership(12)}).valid
    assert lively.figures()["identified"] == figures["identified"] - 1
    verify(lively.context.engine, checkpoints.keys_of(lively.context))


def test_who_was_erased_is_not_brought_back_unawares(lively: Office) -> None:
    """By the number, by name and birth date under another number, or by the very file that was erased."""
    sent = lively.write({"nominees": [AN]}, period="2025Q2")
    twin = lively.folder / "twin.xlsx"
    copyfile(sent, twin)
    lively.receive(sent)
    validation.validate_pending(lively.context)
    erase(lively.context, subject_of(lively, AN), WHY)
    again = lively.send({"nominees": [AN, BINH]}, unit="28756-02", period="2025Q2")
    erased = [(finding.code, finding.sheet, finding.cell) for finding in again.findings if "erased" in finding.code]
    assert erased == [("nominee.erased", "nominees", "A4")] and not again.valid
    other = {**AN, "identity": "083204001239"}
    namesake = lively.send({"nominees": [other]}, unit="28756-02", period="2025Q2")
    assert namesake.valid
    assert "nominee.like_erased" in {finding.code for finding in namesake.findings}
    submission = lively.receive(twin)
    (verdict,) = [each for each in validation.validate_pending(lively.context) if each.submission == submission]
    assert not verdict.valid and {"nominee.erased", "file.erased"} & {each.code for each in verdict.findings}
    assert len(lively.query("select from vault.subject where match is not null")) == 2


def test_a_file_that_named_the_erased_in_no_row_is_known_again(office: Office, tmp_path: Path) -> None:
    assert office.send({"nominees": [AN]}).valid
    note = tmp_path / "note.xlsx"
    note.write_bytes(office.write({"activities": []}, unit="28756-02").read_bytes())
    book = openpyxl.load_workbook(note)
    book["Thông tin"]["H30"] = str(AN["identity"])
    book.save(note)
    copy = tmp_path / "copy.xlsx"
    copyfile(note, copy)
    office.receive(note)
    validation.validate_pending(office.context)
    assert erase(office.context, subject_of(office, AN), WHY).submissions
    submission = office.receive(copy)
    (verdict,) = [each for each in validation.validate_pending(office.context) if each.submission == submission]
    assert not verdict.valid and "file.erased" in {each.code for each in verdict.findings}


def brought_back(office: Office, path: Path) -> str:
    """Take a file in that names somebody erased, as from the inbox; the submission, found invalid for that."""
    inbox(office, path)
    submission = office.receive(path, date(2025, 6, 14))
    (verdict,) = [each for each in validation.validate_pending(office.context) if each.submission == submission]
    assert not verdict.valid and {"nominee.erased", "file.erased"} & {each.code for each in verdict.findings}
    project.project(office.context.engine)
    return submission


def broken_cover(office: Office) -> Path:
    path = office.write({"nominees": [AN, BINH]}, unit="28756-02", period="2025Q2")
    book = openpyxl.load_workbook(path)
    del book["Thông tin"]
    book.save(path)
    return path


def no_workbook(office: Office) -> Path:
    path = office.folder / "letter.xlsx"
    path.write_text(f"{AN['name']}, 083 204 001 234", encoding="utf-8")
    return path


def in_a_note(office: Office) -> Path:
    path = office.write({"activities": []}, unit="28756-02", period="2025Q2")
    book = openpyxl.load_workbook(path)
    book["Thông tin"]["H30"] = f"{AN['name']} {AN['identity']}"
    book.save(path)
    return path


@pytest.mark.parametrize(
    "made",
    [
        lambda office: office.write({"nominees": [AN, BINH]}, unit="28756-02", period="2025Q2"),
        lambda office: office.write({"nominees": [{**AN, "sex": "?"}] * 401}, unit="28756-02", period="2025Q2"),
        broken_cover,
        no_workbook,
        in_a_note,
    ],
    ids=["in a row", "among many findings", "behind a broken cover", "in no workbook", "in a note"],
)
def test_a_file_that_is_refused_for_naming_the_erased_is_not_kept(
    lively: Office, made: Callable[[Office], Path]
) -> None:
    erase(lively.context, subject_of(lively, AN), WHY)
    before = traces(lively.context.engine, lively.context.settings.home, BINH_WORDS)

    submission = brought_back(lively, made(lively))

    engine = lively.context.engine
    assert traces(engine, lively.context.settings.home, AN_WORDS) == []
    assert traces(engine, lively.context.settings.home, BINH_WORDS) == before
    note = checkpoints.sign(lively.context).note
    keys = checkpoints.keys_of(lively.context)
    verify(engine, keys)
    assert lively.query("select from vault.condemned") == []
    assert submission not in {owner for _, owner in lively.context.keystore.owners()}
    told = audit.trace(lively.context, submission, "auditor")
    assert isinstance(told, SubmissionTrace) and (told.valid, told.file) == (False, None)
    assert {"nominee.erased", "file.erased"} & {finding.code for finding in told.findings}
    with engine.connect() as connection:
        receipt.verify_receipt(receipt.make(connection, submission, note), keys.log, partial=True)
        export.export(connection, lively.folder / "export", note, keys.log)


def test_the_same_file_is_taken_in_anew_once_its_people_may_be_reported_again(lively: Office) -> None:
    old = subject_of(lively, AN)
    erase(lively.context, old, WHY)
    path = lively.write({"nominees": [AN]}, unit="28756-02", period="2025Q2")
    refused = brought_back(lively, path)
    lift(lively.context, old, "consent_given")
    again = lively.receive(path, date(2025, 6, 14))
    (verdict,) = validation.validate_pending(lively.context)
    assert (verdict.submission, verdict.valid) == (again, True) and again != refused
    assert subject_of(lively, AN) != old
    verify(lively.context.engine, checkpoints.keys_of(lively.context))


def test_a_file_that_was_deleted_for_no_such_finding_is_missed(lively: Office) -> None:
    invalid = lively.send({"nominees": [{**BINH, "sex": "?"}]}, unit="28756-02", period="2025Q2")
    assert not invalid.valid
    with lively.context.engine.begin() as connection:
        erasure.delete_submissions(connection, lively.context.keystore, {invalid.submission: ()})
    erasure.finish(lively.context.engine, lively.context.keystore)
    with pytest.raises(RefusedError, match="file_lost"):
        verify(lively.context.engine, checkpoints.keys_of(lively.context))


def test_a_refused_file_that_is_there_again_is_found_and_goes_with_the_next_erasure(lively: Office) -> None:
    an = subject_of(lively, AN)
    erase(lively.context, an, WHY)
    submission = lively.receive(lively.write({"nominees": [AN]}, unit="28756-02", period="2025Q2"))
    kept = lively.query("select sealed_name, sealed, fingerprint from vault.file where submission = :s", s=submission)
    validation.validate_pending(lively.context)
    with lively.context.engine.begin() as connection:
        connection.exec_driver_sql(
            "update vault.file set sealed_name = %s, sealed = %s, fingerprint = %s where submission = %s",
            (*kept[0], submission),
        )
    with pytest.raises(RefusedError, match="file_not_erased"):
        verify(lively.context.engine, checkpoints.keys_of(lively.context))
    erase(lively.context, an, WHY)
    verify(lively.context.engine, checkpoints.keys_of(lively.context))


def test_killed_while_a_file_is_refused_nothing_opens_and_the_next_run_destroys_its_key(
    lively: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    erase(lively.context, subject_of(lively, AN), WHY)
    lively.receive(lively.write({"nominees": [AN]}, unit="28756-02", period="2025Q2"))
    with monkeypatch.context() as cut_off:
        cut_off.setattr(erasure, "finish", Mock(side_effect=KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            validation.validate_pending(lively.context)
    assert traces(lively.context.engine, lively.context.settings.home, AN_WORDS) == []
    with pytest.raises(RefusedError, match="key_not_destroyed"):
        verify(lively.context.engine, checkpoints.keys_of(lively.context))
    erasure.finish(lively.context.engine, lively.context.keystore)
    verify(lively.context.engine, checkpoints.keys_of(lively.context))


def test_a_copy_in_the_inbox_that_cannot_be_removed_stops_no_verdict(
    lively: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    erase(lively.context, subject_of(lively, AN), WHY)
    path = lively.write({"nominees": [AN]}, unit="28756-02", period="2025Q2")
    monkeypatch.setattr(resurfacing, "remove", Mock(side_effect=PermissionError))
    brought_back(lively, path)
    assert lively.query("select from vault.file where sealed is not null and fingerprint is null") == []


def test_who_is_like_the_erased_is_offered(lively: Office) -> None:
    mistyped = {**AN, "identity": "083204001239"}
    assert lively.send({"nominees": [mistyped]}, unit="28756-02", period="2025Q2").valid
    other = subject_of(lively, mistyped)
    assert erase(lively.context, subject_of(lively, AN), WHY).alike == (other,)


def test_erasing_again_is_no_error_and_finishes_what_was_cut_off(lively: Office) -> None:
    an = subject_of(lively, AN)
    first = erase(lively.context, an, WHY)
    left = yearly_list.folder(lively.context.settings) / ".cut-off"
    left.parent.mkdir(exist_ok=True)
    left.write_bytes(b"x")
    again = erase(lively.context, an, "recorded_in_error")
    assert (again.repeated, again.position, again.reason) == (True, first.position, WHY)
    assert (again.records, again.rows, again.removed) == (0, 0, (left,))
    assert len(lively.query("select from events.event where type = 'SubjectErased'")) == 1


def test_content_that_is_there_again_is_erased_again(lively: Office) -> None:
    an = subject_of(lively, AN)
    kept = lively.query("select sealed, version from vault.person where subject = :an", an=an)
    erase(lively.context, an, WHY)
    with lively.context.engine.begin() as connection:
        for row in kept:
            connection.exec_driver_sql(
                "update vault.person set sealed = %s where subject = %s and version = %s",
                (row.sealed, an, row.version),
            )
    with pytest.raises(RefusedError, match="person_not_erased"):
        verify(lively.context.engine, checkpoints.keys_of(lively.context))
    assert erase(lively.context, an, WHY).records == 2
    verify(lively.context.engine, checkpoints.keys_of(lively.context))


def test_cut_off_before_the_commit_the_person_is_still_known_and_the_same_command_finishes(lively: Office) -> None:
    an = subject_of(lively, AN)
    with pytest.raises(KeyboardInterrupt), locked(lively.context) as connection, connection.begin():
        assert len(forget(lively.context, connection, an, WHY).removed) == 7
        raise KeyboardInterrupt
    verify(lively.context.engine, checkpoints.keys_of(lively.context))
    assert subject_of(lively, AN) == an
    erase(lively.context, an, WHY)
    assert traces(lively.context.engine, lively.context.settings.home, AN_WORDS) == []


def test_cut_off_after_the_commit_the_keys_are_named_until_the_next_erasure_or_init_destroys_them(
    lively: Office,
) -> None:
    an = subject_of(lively, AN)
    with locked(lively.context) as connection, connection.begin():
        forget(lively.context, connection, an, WHY)
    assert traces(lively.context.engine, lively.context.settings.home, AN_WORDS) == []
    with pytest.raises(RefusedError) as refused:
        verify(lively.context.engine, checkpoints.keys_of(lively.context))
    assert {part.key for part in refused.value.parts} == {"verify.key_not_destroyed"}
    condemned = lively.query("select slot from vault.condemned")
    assert len(condemned) == 8
    assert not any(lively.context.keystore.destroyed(row.slot) for row in condemned)
    assert erase(lively.context, an, WHY).repeated
    assert all(lively.context.keystore.destroyed(row.slot) for row in condemned)
    verify(lively.context.engine, checkpoints.keys_of(lively.context))


def test_a_copy_that_cannot_be_removed_leaves_the_database_as_it_is(
    lively: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    an = subject_of(lively, AN)
    stuck = lively.context.settings.home / "lists" / ".is-a-folder"
    stuck.mkdir(parents=True)
    with pytest.raises(NguonError, match="copy_stays"):
        erase(lively.context, an, WHY)
    assert subject_of(lively, AN) == an
    verify(lively.context.engine, checkpoints.keys_of(lively.context))


def test_who_is_held_is_not_erased_until_every_hold_is_released(lively: Office) -> None:
    engine, an = lively.context.engine, subject_of(lively, AN)
    with engine.begin() as connection:
        assert holds.place(connection, an, "inspection", "officer", TESTER)
        assert holds.place(connection, an, "complaint", "officer", TESTER)
        assert not holds.place(connection, an, "complaint", "somebody else", TESTER)
        assert [hold.reason for hold in holds.in_force(connection)] == ["inspection", "complaint"]
    found = len(traces(engine, lively.context.settings.home, AN_WORDS))
    with pytest.raises(RefusedError) as refused:
        erase(lively.context, an, WHY)
    assert (refused.value.key, refused.value.details["reasons"]) == ("held", "inspection, complaint")
    assert len(traces(engine, lively.context.settings.home, AN_WORDS)) == found
    with engine.begin() as connection:
        assert len(holds.release(connection, an, "chief", TESTER)) == 2
        assert holds.release(connection, an, "chief", TESTER) == []
    erase(lively.context, an, WHY)
    verify(engine, checkpoints.keys_of(lively.context))


def test_a_hold_that_is_placed_while_somebody_erases_wins_or_comes_too_late(lively: Office) -> None:
    an = subject_of(lively, AN)
    with locked(lively.context) as connection:
        transaction = connection.begin()
        versions = _version_read_before(connection, an)
        with lively.context.engine.begin() as other:
            holds.place(other, an, "inspection", "officer", TESTER)
        with pytest.raises(WrongExpectedVersion):
            erasure.record(connection, an, versions, WHY, (), TESTER)
        transaction.rollback()


def _version_read_before(connection: object, subject: str) -> int:
    from sqlalchemy import Connection

    from events import log

    assert isinstance(connection, Connection)
    return log.stream_versions(connection, [f"nomination-{subject}"])[f"nomination-{subject}"]


@pytest.mark.parametrize("subject", ["nobody", "019a0000-0000-7000-8000-000000000001", ""])
def test_nobody_is_erased_who_is_not_known(office: Office, subject: str) -> None:
    with pytest.raises(UsageError, match="unknown_subject"):
        erase(office.context, subject, WHY)


def test_only_a_reason_of_the_list_is_taken_and_the_list_is_told(lively: Office) -> None:
    with pytest.raises(UsageError) as refused:
        erase(lively.context, subject_of(lively, AN), "because")
    assert refused.value.key == "unknown_reason"
    assert "retention_ended" in str(refused.value.details["allowed"])


def test_a_person_named_in_a_file_that_is_no_form_of_ours_is_found(lively: Office, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append(["STT", "Họ tên"])
    book.active.append([1, "NGUYỄN VĂN AN"])
    book.save(tmp_path / "list.xlsx")
    (tmp_path / "letter.txt").write_text(f"Đồng chí {AN['name']}", encoding="utf-8")
    (tmp_path / "other.txt").write_text("Đồng chí khác", encoding="utf-8")
    sent = {name: lively.receive(tmp_path / name) for name in ("list.xlsx", "letter.txt", "other.txt")}
    done = erase(lively.context, subject_of(lively, AN), WHY)
    assert {sent["list.xlsx"], sent["letter.txt"]} <= set(done.submissions)
    assert sent["other.txt"] not in done.submissions


@pytest.mark.parametrize("who", ["NGUYỄN VĂN AN", "083 204 001 234"])
@pytest.mark.parametrize(
    ("place", "stray"), [("AB7", "Z1"), ("B7", "C1048576"), ("B1048576", "A1"), ("XFD7", "B30000")]
)
def test_a_person_is_found_wherever_in_a_workbook_they_stand(
    lively: Office, tmp_path: Path, who: str, place: str, stray: str
) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active[place], book.active[stray] = who, "a note"
    book.save(tmp_path / "list.xlsx")
    sent = lively.receive(tmp_path / "list.xlsx")
    assert sent in erase(lively.context, subject_of(lively, AN), WHY).submissions


@pytest.mark.parametrize("code", ["file.exhausting", "file.unforeseen"])
def test_where_the_cells_cannot_be_had_the_bare_name_counts(
    lively: Office, tmp_path: Path, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append(["NGUYỄN VĂN AN", "083304005678"])
    book.save(tmp_path / "list.xlsx")
    monkeypatch.setattr(READER, "read", lambda content, scope: Answer(code=code))
    sent = lively.receive(tmp_path / "list.xlsx")
    assert sent in erase(lively.context, subject_of(lively, AN), WHY).submissions


def test_killed_at_any_moment_the_next_run_finishes(lively: Office) -> None:
    """Killed later and later until one run gets through: proofs hold at every moment, and in the end all is gone."""
    an = subject_of(lively, AN)
    code = (
        "import sys; from pathlib import Path; from flows.erasure import erase; from flows import validation;"
        "from flows.context import Context; from flows.settings import Settings; print('go', flush=True);"
        "settings = Settings(home=Path(sys.argv[1]), database_url=sys.argv[2]);"
        "erase(Context(settings, 'command.test'), sys.argv[3], 'retention_ended')"
    )
    settings = lively.context.settings
    command = [sys.executable, "-c", code, str(settings.home), str(settings.database_url), an]
    keys = checkpoints.keys_of(lively.context)
    delay, kills = 0.0, 0
    while True:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, cwd=Path(__file__).parents[2], env=dict(os.environ))
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(delay)
        process.send_signal(signal.SIGKILL)
        finished = process.wait() == 0
        process.stdout.close()
        try:
            verify(lively.context.engine, keys)
        except RefusedError as refused:
            assert {part.key for part in refused.parts} == {"verify.key_not_destroyed"}
        if finished:
            break
        kills += 1
        delay += 0.02
    assert kills > 2
    assert traces(lively.context.engine, settings.home, AN_WORDS) == []
