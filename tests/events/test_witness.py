"""A witness cosigns what extends that which it saw, once, and nothing else: whatever is sent, whenever it is killed."""

import os
import signal
import subprocess
import sys
import threading
from base64 import b64encode
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.errors import RefusedError
from events.proof import proofs
from events.proof.checkpoint import Checkpoint, cosigned, open_checkpoint, sign_checkpoint
from events.proof.merkle import EMPTY_ROOT, leaf_hash, root
from events.proof.note import Note, sign
from events.proof.signers import NoteError, SigningKey, VerifierKey, WitnessKey
from events.proof.tiles import TILE_WIDTH
from events.proof.witness import SIZE_TYPE, Refused, encode_request, known_logs, origin_hash
from events.proof.witness_state import WitnessState, create_key

LOG = SigningKey.generate("log.example/one")
KNOWN = known_logs([LOG.verifier])
LEAVES = [leaf_hash(str(number).encode()) for number in range(200)]
FORKED = [*LEAVES[:5], leaf_hash(b"another"), *LEAVES[6:]]


def note(size: int, leaves: list[bytes] = LEAVES, key: SigningKey = LOG) -> Note:
    return sign_checkpoint(size, root(leaves[:size]), key)


def proof(old: int, new: int, leaves: list[bytes] = LEAVES) -> list[bytes]:
    def read(level: int, number: int, width: int) -> bytes:
        assert (level, number) == (0, 0) and width <= TILE_WIDTH
        return b"".join(leaves[:width])

    return proofs.consistency_proof(old, new, read)


def request(old: int, new: int, leaves: list[bytes] = LEAVES) -> bytes:
    return encode_request(old, proof(old, new, leaves) if old <= new else [], note(new, leaves))


@pytest.fixture
def state(tmp_path: Path) -> WitnessState:
    create_key(tmp_path / "witness", "witness.example/one")
    return WitnessState(tmp_path / "witness")


def refusal(state: WitnessState, body: bytes) -> tuple[int, str, str]:
    with pytest.raises(Refused) as raised:
        state.add_checkpoint(body, KNOWN)
    return raised.value.status, raised.value.body, raised.value.content_type


def test_what_extends_is_cosigned_with_the_time_and_remembered(state: WitnessState) -> None:
    for old, new in [(0, 3), (3, 7), (7, 7), (7, 200)]:
        line = state.add_checkpoint(request(old, new), KNOWN, lambda: 1_700_000_000.9)
        whole = Note(note(new).text, (*note(new).signatures, line))
        checkpoint, times = open_checkpoint(whole, LOG.verifier, [state.key.verifier])
        assert (checkpoint.size, times) == (new, {state.key.verifier: 1_700_000_000})
        assert state.seen(LOG.name) == checkpoint
        assert state.note(origin_hash(LOG.name)) == whole
    assert state.note(sha256(b"another").hexdigest()) is None


def test_a_cosignature_is_of_the_words_that_the_specification_gives(state: WitnessState) -> None:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    line = state.add_checkpoint(request(0, 3), KNOWN, lambda: 1679315147)
    said = b"cosignature/v1\ntime 1679315147\n" + note(3).text.encode()
    Ed25519PublicKey.from_public_bytes(state.key.verifier.public).verify(line.value[8:], said)
    assert int.from_bytes(line.value[:8], "big") == 1679315147


OTHER = SigningKey.generate("log.example/other")


def forged() -> bytes:
    good = note(3)
    value = bytes([good.signatures[0].value[0] ^ 1]) + good.signatures[0].value[1:]
    return encode_request(0, [], Note(good.text, (replace(good.signatures[0], value=value),)))


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"old 0\n", 400),
        (b"old 00\n\n" + note(3).encode(), 400),
        (b"old -1\n\n" + note(3).encode(), 400),
        (b"old 0 \n\n" + note(3).encode(), 400),
        (b"Old 0\n\n" + note(3).encode(), 400),
        (b"old 99999999999999999999\n\n" + note(3).encode(), 400),
        (b"old 0\r\n\n" + note(3).encode(), 400),
        ("old ٣\n\n".encode() + note(3).encode(), 400),
        (b"old 0\nAAAA\n\n" + note(3).encode(), 400),
        (b"old 0\n" + b64encode(bytes(32)) + b" \n\n" + note(3).encode(), 400),
        (encode_request(0, [bytes(32)] * 64, note(3)), 400),
        (b"old 0\n\n" + note(3).encode()[:-1], 400),
        (b"old 0\n\n\xff", 400),
        (b"old 0\n\n" + sign("log.example/one\n03\nAAAA\n", LOG).encode(), 400),
        (encode_request(0, [], note(3, key=OTHER)), 404),
        (encode_request(0, [], note(3, key=SigningKey.generate(LOG.name))), 403),
        (encode_request(0, [], Note(note(3).text, note(3, key=OTHER).signatures)), 403),
        (forged(), 403),
        (encode_request(4, [], note(3)), 400),
        (encode_request(2, [], note(3)), 409),
        (encode_request(0, [bytes(32)], note(3)), 422),
        (encode_request(0, [], sign_checkpoint(0, bytes(32), LOG)), 422),
    ],
)
def test_bad_requests_are_answered_as_the_protocol_says(state: WitnessState, body: bytes, status: int) -> None:
    assert refusal(state, body)[0] == status
    assert state.seen(LOG.name) is None


def test_a_signature_of_a_trusted_key_that_fails_spoils_one_that_does_not(state: WitnessState) -> None:
    good = note(3)
    bad = replace(good.signatures[0], value=bytes(64))
    assert refusal(state, encode_request(0, [], Note(good.text, (*good.signatures, bad))))[0] == 403


def test_an_empty_log_is_witnessed_too(state: WitnessState) -> None:
    state.add_checkpoint(encode_request(0, [], sign_checkpoint(0, EMPTY_ROOT, LOG)), KNOWN)
    state.add_checkpoint(request(0, 5), KNOWN)
    assert state.seen(LOG.name) == Checkpoint(LOG.name, 5, root(LEAVES[:5]))


def test_who_does_not_know_what_was_seen_is_told_the_size(state: WitnessState) -> None:
    state.add_checkpoint(request(0, 7), KNOWN)
    for old in (0, 3):
        assert refusal(state, request(old, 9)) == (409, "7\n", SIZE_TYPE)
    assert refusal(state, request(3, 5)) == (409, "7\n", SIZE_TYPE)  # a log set back


def test_a_fork_is_never_cosigned_and_is_kept_as_evidence(state: WitnessState) -> None:
    state.add_checkpoint(request(0, 7), KNOWN)
    assert refusal(state, encode_request(7, [], note(7, FORKED)))[0] == 422
    assert refusal(state, request(7, 9, FORKED))[0] == 422
    assert refusal(state, encode_request(7, proof(7, 9), note(9, FORKED)))[0] == 422
    assert state.seen(LOG.name) == Checkpoint(LOG.name, 7, root(LEAVES[:7]))
    evidence = {path.read_bytes() for path in (state.folder / "contradictions").iterdir()}
    assert evidence == {note(7, FORKED).encode(), note(9, FORKED).encode()}


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20), st.booleans()), max_size=12))
def test_whatever_is_asked_in_whatever_order_all_that_is_cosigned_is_one_history(
    tmp_path_factory: pytest.TempPathFactory, asked: list[tuple[int, int, bool]]
) -> None:
    folder = tmp_path_factory.mktemp("witness")
    create_key(folder, "witness.example/one")
    state = WitnessState(folder)
    signed: list[tuple[int, bytes]] = []
    for old, new, fork in asked:
        leaves = FORKED if fork else LEAVES
        try:
            state.add_checkpoint(request(old, new, leaves), KNOWN)
        except Refused:
            continue
        signed.append((new, root(leaves[:new])))
    assert signed == sorted(signed, key=lambda each: each[0])
    assert any(all(top == root(leaves[:size]) for size, top in signed) for leaves in (LEAVES, FORKED))


def test_of_two_requests_for_one_old_size_one_is_cosigned(state: WitnessState) -> None:
    bodies = [request(0, 6 + number, leaves) for number in range(8) for leaves in (LEAVES, FORKED)]
    cosigned_lines, statuses = [], []
    start = threading.Barrier(len(bodies))

    def ask(body: bytes) -> None:
        start.wait()
        try:
            cosigned_lines.append(WitnessState(state.folder).add_checkpoint(body, KNOWN))
        except Refused as refused:
            statuses.append(refused.status)

    threads = [threading.Thread(target=ask, args=(body,)) for body in bodies]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(cosigned_lines), statuses) == (1, [409] * 15)


KILLED = """
import os, sys
from pathlib import Path
from events import files
from events.proof import witness_state
from events.proof.signers import VerifierKey
from events.proof.witness import known_logs

def kill(*_): os.kill(os.getpid(), 9)
def after(call):
    def both(*given, **named):
        call(*given, **named)
        kill()
    return both
step, folder, log = sys.argv[1:4]
if step == "before_writing": witness_state.put = kill
if step == "before_renaming": Path.replace = kill
if step == "after_renaming": Path.replace = after(Path.replace)
if step == "before_answering": witness_state.put = after(witness_state.put)
state = witness_state.WitnessState(Path(folder))
print(state.add_checkpoint(sys.stdin.buffer.read(), known_logs([VerifierKey.parse(log)])))
"""


@pytest.mark.parametrize("step", ["before_writing", "before_renaming", "after_renaming", "before_answering"])
def test_killed_at_any_step_it_cosigned_nothing_that_it_forgot(state: WitnessState, step: str) -> None:
    state.add_checkpoint(request(0, 5), KNOWN)
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, step, str(state.folder), str(LOG.verifier)],
        input=request(5, 9),
        capture_output=True,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])},
    )
    assert (killed.returncode, killed.stdout) == (-signal.SIGKILL, b"")
    seen = state.seen(LOG.name)
    assert seen is not None and seen.size == (5 if step.startswith("before_") and step != "before_answering" else 9)
    state.add_checkpoint(request(seen.size, 9), KNOWN)
    assert refusal(state, encode_request(9, [], note(9, FORKED)))[0] == 422


def damaged_note(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def another_ones_note(path: Path) -> None:
    path.write_bytes(note(3).encode())


def empty(path: Path) -> None:
    path.write_bytes(b"")


def all_gone(path: Path) -> None:
    path.unlink()
    path.parent.rmdir()


@pytest.mark.parametrize("damage", [damaged_note, another_ones_note, empty, all_gone])
def test_a_damaged_memory_is_not_taken_for_an_empty_one(state: WitnessState, damage: Callable[[Path], None]) -> None:
    state.add_checkpoint(request(0, 7), KNOWN)
    damage(state.folder / "logs" / origin_hash(LOG.name))
    with pytest.raises(RefusedError) as raised:
        state.add_checkpoint(request(0, 3), KNOWN)
    assert raised.value.key == "witness_state_damaged"


def test_a_witness_key_is_made_once_and_cosigns_only(tmp_path: Path) -> None:
    public = create_key(tmp_path, "witness.example/one")
    with pytest.raises(RefusedError) as raised:
        create_key(tmp_path, "witness.example/one")
    assert raised.value.key == "key_exists"
    text = (tmp_path / "witness.key").read_text().strip()
    key = WitnessKey.parse(text)
    assert (key.verifier, VerifierKey.parse(str(public))) == (public, public)
    assert text.split("+")[-1] not in repr(key)
    with pytest.raises(NoteError):
        SigningKey.parse(text)
    with pytest.raises(NoteError):
        WitnessKey.parse(LOG.encode())
    assert sorted(path.name for path in tmp_path.iterdir()) == ["logs", "witness.key"]


def test_k_of_n_witnesses_must_have_cosigned() -> None:
    keys = [WitnessKey.generate(f"witness.example/{number}") for number in range(3)]
    good = note(3)
    lines = [
        replace(good.signatures[0], name=key.name, key_id=key.verifier.key_id, value=key.cosign(good.text, 1))
        for key in keys
    ]
    known = [key.verifier for key in keys]
    twice = Note(good.text, (*good.signatures, lines[0], lines[0]))
    assert cosigned(twice, LOG.verifier, [*known, known[0]], 1).size == 3
    with pytest.raises(NoteError) as raised:
        cosigned(twice, LOG.verifier, known, 2)
    assert (raised.value.key, raised.value.details["count"]) == ("note_uncosigned", 1)
    assert cosigned(Note(good.text, (*good.signatures, *lines)), LOG.verifier, known, 3).size == 3
