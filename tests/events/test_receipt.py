"""A receipt proves a submission and its verdict offline, whole, to anybody, and to nobody once anything is changed."""

import json
from base64 import b64decode, b64encode
from collections.abc import Callable
from datetime import date
from hashlib import sha256
from typing import Any, NamedTuple

import pytest
from sqlalchemy import Engine

from events import log
from events.errors import RefusedError, UsageError
from events.ids import new_id
from events.log.recorded import Cause, NewEvent
from events.proof import receipt, signing
from events.proof.note import Note, Signature
from events.proof.signers import NoteError, SigningKey, WitnessKey
from events.types.returns import TargetSet
from events.types.submissions import FindingRecord, SubmissionFoundInvalid, SubmissionFoundValid, SubmissionReceived
from tests.actors import TESTER
from tests.events import independent
from tests.events.logs import UNIT, fill

KEY = SigningKey.generate("test.example/log")
HASH = "0" * 64
WORKBOOK, FILE = b"a workbook", receipt.Opening("báo cáo.xlsx", bytes(range(32)))
COMMITMENT = sha256(FILE.salt + FILE.name.encode() + b"\x00" + WORKBOOK).hexdigest()


def received(submission: str) -> NewEvent:
    return NewEvent(f"submission-{submission}", 1, SubmissionReceived(submission, date(2026, 3, 15), COMMITMENT, 1))


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
        return receipt.make(connection, submission, note, KEY, FILE)


class Taken(NamedTuple):
    """A receipt taken apart: the lines before the checkpoint but the extra one, what that holds, the checkpoint."""

    lines: list[str]
    extra: Any
    note: bytes

    @classmethod
    def apart(cls, content: bytes) -> "Taken":
        head, _, note = content.partition(b"\n\n")
        magic, extra, *lines = head.decode().split("\n")
        return cls([magic, *lines], json.loads(b64decode(extra.removeprefix("extra "))), note)

    def together(self) -> bytes:
        extra = b64encode(json.dumps(self.extra, ensure_ascii=False).encode()).decode()
        return "\n".join([self.lines[0], f"extra {extra}", *self.lines[1:], "", ""]).encode() + self.note


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


def test_a_receipt_is_a_tlog_proof_of_the_arrival_that_other_code_verifies(decided: bytes) -> None:
    (magic, index, *proof), extra, note = Taken.apart(decided)
    origin, size, root = independent.open_note(note, str(KEY.verifier))
    assert (magic, index, origin) == ("c2sp.org/tlog-proof@v1", "index 300", KEY.name)
    entries = [{"body": extra["body"], "index": 300, "proof": proof}, *extra["more"]]
    assert len(entries) == 6
    for entry in entries:
        hashes = [b64decode(each) for each in entry["proof"]]
        independent.require_included(entry["body"].encode(), entry["index"] + 1, size, hashes, root)


def test_cut_short_at_any_byte_it_is_refused(decided: bytes) -> None:
    witness = WitnessKey.generate("witness.example/one")
    lines, extra, note = Taken.apart(decided)
    parsed = Note.parse(note)
    line = Signature(witness.name, witness.verifier.key_id, witness.cosign(parsed.text, 1))
    extra["signatures"] = 2
    whole = Taken(lines, extra, Note(parsed.text, (*parsed.signatures, line)).encode()).together()
    assert receipt.verify_receipt(whole, KEY.verifier, [witness.verifier]).witnesses == {witness.verifier: 1}
    for end in range(len(whole)):
        with pytest.raises(RefusedError):
            receipt.verify_receipt(whole[:end], KEY.verifier)
    assert receipt.verify_receipt(decided, KEY.verifier)


def test_more_cosignatures_than_it_had_do_no_harm(decided: bytes) -> None:
    lines, extra, note = Taken.apart(decided)
    witness = WitnessKey.generate("witness.example/one")
    parsed = Note.parse(note)
    line = Signature(witness.name, witness.verifier.key_id, witness.cosign(parsed.text, 1))
    more = Taken(lines, extra, Note(parsed.text, (*parsed.signatures, line)).encode()).together()
    assert receipt.verify_receipt(more, KEY.verifier).complete


def test_whichever_events_are_left_out_it_is_not_whole(decided: bytes) -> None:
    for kept in range(2**5 - 1):
        taken = Taken.apart(decided)
        taken.extra["more"] = [each for number, each in enumerate(taken.extra["more"]) if kept >> number & 1]
        with pytest.raises(RefusedError) as raised:
            receipt.verify_receipt(taken.together(), KEY.verifier)
        assert raised.value.key == "receipt_incomplete"
        taken.extra["complete"] = None
        with pytest.raises(RefusedError) as raised:
            receipt.verify_receipt(taken.together(), KEY.verifier)
        assert raised.value.key in ("receipt_incomplete", "receipt_unstated")


def test_without_the_logs_key_a_receipt_proves_what_it_holds_and_not_that_it_is_all(fresh_database: Engine) -> None:
    submission = new_id()
    append(fresh_database, [received(submission), *found_valid(submission, 2)])
    note = sign(fresh_database)
    with fresh_database.connect() as connection:
        made = receipt.make(connection, submission, note)
    with pytest.raises(RefusedError) as raised:
        receipt.verify_receipt(made, KEY.verifier)
    assert raised.value.key == "receipt_unstated"
    proven = receipt.verify_receipt(made, KEY.verifier, partial=True)
    assert (proven.valid, proven.complete, proven.file) == (True, False, None)
    with pytest.raises(RefusedError) as raised:
        receipt.require_file(proven, WORKBOOK)
    assert raised.value.key == "receipt_untied"


def test_the_branch_ties_it_to_its_own_file(decided: bytes) -> None:
    proven = receipt.verify_receipt(decided, KEY.verifier)
    receipt.require_file(proven, WORKBOOK)
    for other in (b"", WORKBOOK + b" ", b"A workbook"):
        with pytest.raises(RefusedError) as raised:
            receipt.require_file(proven, other)
        assert raised.value.key == "receipt_other_file"


def test_a_receipt_under_an_older_checkpoint_holds_what_was_there_by_then(fresh_database: Engine) -> None:
    submission = new_id()
    append(fresh_database, [received(submission)])
    note = sign(fresh_database)
    append(fresh_database, found_valid(submission, 2))
    with fresh_database.connect() as connection:
        proven = receipt.verify_receipt(receipt.make(connection, submission, note, KEY), KEY.verifier)
    assert (proven.valid, len(proven.events), proven.complete) == (None, 1, True)


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
    read["more"][2]["body"] = read["more"][2]["body"].replace('"value":2', '"value":3')


def move(read: Any) -> None:
    read["more"][2]["index"] += 1


def swap(read: Any) -> None:
    read["more"][1], read["more"][2] = read["more"][2], read["more"][1]


def repeat(read: Any) -> None:
    read["more"].append(read["more"][-1])


def break_the_proof(read: Any) -> None:
    read["more"][0]["proof"][0] = read["more"][1]["proof"][-1]


def shorten_the_proof(read: Any) -> None:
    del read["more"][0]["proof"][-1]


def state_another(read: Any) -> None:
    read["complete"] = b64encode(bytes(64)).decode()


def add_a_field(read: Any) -> None:
    read["anything"] = 1


def spoil_the_salt(read: Any) -> None:
    read["file"]["salt"] = "?" * 44


@pytest.mark.parametrize(
    ("change", "key"),
    [
        (change_body, "receipt_unproven"),
        (move, "receipt_unproven"),
        (break_the_proof, "receipt_unproven"),
        (shorten_the_proof, "receipt_unproven"),
        (swap, "receipt_incomplete"),
        (repeat, "receipt_incomplete"),
        (state_another, "receipt_incomplete"),
        (add_a_field, "receipt_malformed"),
        (spoil_the_salt, "receipt_malformed"),
    ],
)
def test_a_changed_receipt_is_refused(decided: bytes, change: Callable[[Any], None], key: str) -> None:
    taken = Taken.apart(decided)
    change(taken.extra)
    with pytest.raises(RefusedError) as raised:
        receipt.verify_receipt(taken.together(), KEY.verifier)
    assert raised.value.key == key


def test_a_changed_checkpoint_is_refused(decided: bytes) -> None:
    with pytest.raises(NoteError) as raised:
        receipt.verify_receipt(decided.replace(b"\n313\n", b"\n314\n"), KEY.verifier)
    assert raised.value.key == "note_forged"


def test_a_changed_byte_is_refused_wherever_it_stands(decided: bytes) -> None:
    for at in range(0, len(decided), 7):
        changed = decided[:at] + bytes([decided[at] ^ 1]) + decided[at + 1 :]
        with pytest.raises(RefusedError):
            receipt.require_file(receipt.verify_receipt(changed, KEY.verifier), WORKBOOK)


@pytest.mark.parametrize("content", [b"", b"{}", b"PK\x03\x04", b"\xff", b"[]"])
def test_what_is_no_receipt_is_called_so(content: bytes) -> None:
    with pytest.raises(RefusedError) as raised:
        receipt.verify_receipt(content, KEY.verifier)
    assert raised.value.key == "receipt_malformed"
