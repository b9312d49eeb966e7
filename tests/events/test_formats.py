"""What docs/formats says, the code does: its vectors are ours, and a stranger's verifier agrees with each."""

import json
from base64 import b64decode
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from events.log.canonical import dumps
from events.log.recorded import brought_up
from events.proof import receipt
from events.proof.checkpoint import open_checkpoint
from events.proof.merkle import verify_consistency
from events.proof.note import Note
from events.proof.signers import SigningKey, VerifierKey, WitnessKey
from events.proof.tiles import decode_bundle
from events.proof.witness import known_logs
from events.proof.witness_state import WitnessState, create_key
from tests.events import format_vectors, stranger

VECTORS: dict[str, Any] = json.loads(format_vectors.FILE.read_text(encoding="utf-8"))


def test_the_vectors_are_what_the_code_makes() -> None:
    assert format_vectors.FILE.read_text(encoding="utf-8") == format_vectors.written()


def test_bodies_are_canonical_and_of_known_types() -> None:
    for position, body in enumerate(VECTORS["bodies"], start=1):
        assert dumps(json.loads(body)) == body.encode()
        assert brought_up(position, body) == body.encode()


def test_a_stranger_hashes_and_proves_as_the_vectors_say() -> None:
    leaves = [stranger.leaf_of(body.encode()) for body in VECTORS["bodies"]]
    assert [leaf.hex() for leaf in leaves] == VECTORS["leaf_hashes"]
    assert [stranger.tree(leaves[:size]).hex() for size in range(6)] == VECTORS["roots"]
    root = bytes.fromhex(VECTORS["roots"][5])
    for each in VECTORS["inclusion"]:
        proof = [bytes.fromhex(sibling) for sibling in each["proof"]]
        stranger.included(leaves[each["index"]], each["index"], each["size"], proof, root)
    for each in VECTORS["consistency"]:
        proof = [bytes.fromhex(sibling) for sibling in each["proof"]]
        old = bytes.fromhex(VECTORS["roots"][each["old"]])
        assert verify_consistency(each["old"], each["new"], proof, old, root)


def test_a_stranger_opens_commitment_notes_and_receipt() -> None:
    said = VECTORS["commitment"]
    committed = sha256(bytes.fromhex(said["salt"]) + said["label"].encode() + b"\0" + b64decode(said["content"]))
    assert committed.hexdigest() == said["commitment"]
    row = VECTORS["rows_root"]["rows"][0]
    leaf = stranger.leaf_of(row["place"].encode() + b"\0" + bytes.fromhex(row["commitment"]))
    assert leaf.hex() == VECTORS["rows_root"]["root"]
    log, witness = stranger.Key(VECTORS["log_key"]["vkey"]), stranger.Key(VECTORS["witness_key"]["vkey"])
    note = VECTORS["cosigned_checkpoint"]["note"].encode()
    assert stranger.checkpoint(note, log, [witness])[2] == [witness.name]
    made = VECTORS["receipt"]
    found = stranger.receipt(made["receipt"].encode(), log, b64decode(made["workbook"]))
    assert (found["submission"], found["tied"]) == (format_vectors.SUBMISSION, True)


def test_our_own_code_reads_the_vectors() -> None:
    log = VerifierKey.parse(VECTORS["log_key"]["vkey"])
    witness = VerifierKey.parse(VECTORS["witness_key"]["vkey"])
    assert SigningKey.parse(VECTORS["log_key"]["private"]).verifier == log
    assert WitnessKey.parse(VECTORS["witness_key"]["private"]).verifier == witness
    _, times = open_checkpoint(Note.parse(VECTORS["cosigned_checkpoint"]["note"].encode()), log, [witness])
    assert times == {witness: VECTORS["cosigned_checkpoint"]["time"]}
    proven = receipt.verify_receipt(VECTORS["receipt"]["receipt"].encode(), log, [witness])
    receipt.require_file(proven, b64decode(VECTORS["receipt"]["workbook"]))
    assert [each.decode() for each in decode_bundle(b64decode(VECTORS["bundle"]["bundle"]))] == VECTORS["bundle"][
        "entries"
    ]


def test_a_witness_answers_the_vectors_request(tmp_path: Path) -> None:
    create_key(tmp_path, "made.example/first")
    (tmp_path / "witness.key").write_text(VECTORS["witness_key"]["private"] + "\n")
    state, known = WitnessState(tmp_path), known_logs([VerifierKey.parse(VECTORS["log_key"]["vkey"])])
    first = _checkpoint_of(3)
    state.add_checkpoint(b"old 0\n\n" + first, known)
    answer = state.add_checkpoint(VECTORS["witness"]["request"].encode(), known, lambda: format_vectors.TIME)
    assert f"{answer}\n" == VECTORS["witness"]["response"]
    assert (tmp_path / "logs" / VECTORS["witness"]["origin_hash"]).exists()


def _checkpoint_of(size: int) -> bytes:
    from events.proof.checkpoint import sign_checkpoint

    return sign_checkpoint(size, bytes.fromhex(VECTORS["roots"][size]), format_vectors.LOG).encode()


@pytest.mark.parametrize("name", sorted(path.name for path in format_vectors.FILE.parent.glob("*.md")))
def test_each_page_names_vectors_that_are_there(name: str) -> None:
    import re

    named = re.findall(r"`vectors\.json#([a-z_]+)`", (format_vectors.FILE.parent / name).read_text(encoding="utf-8"))
    assert named and set(named) <= set(VECTORS)
