"""A receipt proves a submission and its verdict offline, to anybody, and to nobody once anything in it is changed."""

import json
from base64 import b64decode
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Engine

from events import log
from events.errors import RefusedError, UsageError
from events.ids import new_id
from events.log.recorded import Cause, NewEvent
from events.proof import receipt, signing
from events.proof.note import Note
from events.proof.signers import NoteError, SigningKey
from events.types.returns import TargetSet
from events.types.submissions import FindingRecord, SubmissionFoundInvalid, SubmissionFoundValid, SubmissionReceived
from tests.actors import TESTER
from tests.events import independent
from tests.events.logs import UNIT, fill

KEY = SigningKey.generate("test.example/log")
HASH = "0" * 64


def received(submission: str) -> NewEvent:
    return NewEvent(f"submission-{submission}", 1, SubmissionReceived(submission, date(2026, 3, 15), HASH, 1))


def found_valid(submission: str, facts: int) -> list[NewEvent]:
    verdict = SubmissionFoundValid(
        submission, UNIT, "2026Q1", "branch-quarterly", 1, date(2026, 3, 31), 0, HASH, facts=facts
    )
    stream = f"plan-{new_id()}"
    return [
        NewEvent(f"submission-{submission}", 2, verdict, Cause(submission)),
        *(
            NewEvent(stream, n, TargetSet(UNIT, 2026, "admitted", n), Cause(submission, "targets", n))
            for n in range(1, facts + 1)
        ),
    ]


def append(engine: Engine, events: list[NewEvent]) -> None:
    with engine.begin() as connection:
        log.append(connection, events, TESTER)


def sign(engine: Engine) -> Note:
    with engine.begin() as connection:
        return signing.sign_head(connection, KEY)


def make(engine: Engine, submission: str) -> bytes:
    note = sign(engine)
    with engine.connect() as connection:
        return receipt.make(connection, submission, note)


@pytest.fixture
def decided(fresh_database: Engine) -> bytes:
    """The receipt of a valid submission with four facts, between other events."""
    submission = new_id()
    fill(fresh_database, 300)
    append(fresh_database, [received(submission)])
    fill(fresh_database, 3)
    append(fresh_database, found_valid(submission, 4))
    append(fresh_database, [received(other := new_id()), *found_valid(other, 2)])
    return make(fresh_database, submission)


def test_a_receipt_holds_the_whole_submission_and_nothing_else(decided: bytes) -> None:
    proven = receipt.verify_receipt(decided, KEY.verifier)
    assert proven.valid is True
    assert [event.position for event in proven.events] == [301, 305, 306, 307, 308, 309]
    assert [event.type for event in proven.events] == ["SubmissionReceived", "SubmissionFoundValid", *["TargetSet"] * 4]
    assert proven.checkpoint.size == 313


def test_a_receipt_verifies_with_other_code(decided: bytes) -> None:
    read = json.loads(decided)
    origin, size, root = independent.open_note(read["checkpoint"].encode(), str(KEY.verifier))
    assert (origin, len(read["events"])) == (KEY.name, 6)
    for event in read["events"]:
        proof = [b64decode(each) for each in event["proof"]]
        independent.require_included(event["body"].encode(), event["position"], size, proof, root)


def test_a_pending_and_an_invalid_submission_have_receipts_too(fresh_database: Engine) -> None:
    submission = new_id()
    append(fresh_database, [received(submission)])
    assert receipt.verify_receipt(make(fresh_database, submission), KEY.verifier).valid is None
    finding = FindingRecord("value.missing", "error", "nominees", "B4", "name")
    append(fresh_database, [NewEvent(f"submission-{submission}", 2, SubmissionFoundInvalid(submission, (finding,)))])
    assert receipt.verify_receipt(make(fresh_database, submission), KEY.verifier).valid is False


def test_an_unknown_submission_has_no_receipt(fresh_database: Engine) -> None:
    fill(fresh_database, 1)
    with pytest.raises(UsageError) as raised:
        make(fresh_database, new_id())
    assert raised.value.key == "unknown_submission"


def test_a_checkpoint_older_than_the_submission_proves_nothing(fresh_database: Engine) -> None:
    fill(fresh_database, 1)
    note, submission = sign(fresh_database), new_id()
    append(fresh_database, [received(submission)])
    with fresh_database.connect() as connection, pytest.raises(UsageError) as raised:
        receipt.make(connection, submission, note)
    assert raised.value.key == "proof_outside_tree"


def test_only_the_logs_own_key_opens_a_receipt(decided: bytes) -> None:
    with pytest.raises(NoteError):
        receipt.verify_receipt(decided, SigningKey.generate(KEY.name).verifier)


def change_body(read: Any) -> None:
    read["events"][3]["body"] = read["events"][3]["body"].replace('"value":2', '"value":3')


def move(read: Any) -> None:
    read["events"][3]["position"] += 1


def swap(read: Any) -> None:
    read["events"][2], read["events"][3] = read["events"][3], read["events"][2]


def leave_out_the_last(read: Any) -> None:
    del read["events"][-1]


def leave_out_the_arrival(read: Any) -> None:
    del read["events"][0]


def repeat(read: Any) -> None:
    read["events"].append(read["events"][-1])


def break_the_proof(read: Any) -> None:
    read["events"][0]["proof"][0] = read["events"][1]["proof"][-1]


def shorten_the_proof(read: Any) -> None:
    del read["events"][0]["proof"][-1]


def claim_another_size(read: Any) -> None:
    read["checkpoint"] = read["checkpoint"].replace("313", "314")


def add_a_field(read: Any) -> None:
    read["more"] = 1


@pytest.mark.parametrize(
    ("change", "key"),
    [
        (change_body, "receipt_unproven"),
        (move, "receipt_unproven"),
        (break_the_proof, "receipt_unproven"),
        (shorten_the_proof, "receipt_unproven"),
        (swap, "receipt_incomplete"),
        (leave_out_the_last, "receipt_incomplete"),
        (leave_out_the_arrival, "receipt_incomplete"),
        (repeat, "receipt_incomplete"),
        (claim_another_size, "note_forged"),
        (add_a_field, "receipt_malformed"),
    ],
)
def test_a_changed_receipt_is_refused(decided: bytes, change: Callable[[Any], None], key: str) -> None:
    read = json.loads(decided)
    change(read)
    with pytest.raises(RefusedError) as raised:
        receipt.verify_receipt(json.dumps(read).encode(), KEY.verifier)
    assert raised.value.key == key


@pytest.mark.parametrize("content", [b"", b"{}", b"PK\x03\x04", b"\xff", b"[]"])
def test_what_is_no_receipt_is_called_so(content: bytes) -> None:
    with pytest.raises(RefusedError) as raised:
        receipt.verify_receipt(content, KEY.verifier)
    assert raised.value.key == "receipt_malformed"
