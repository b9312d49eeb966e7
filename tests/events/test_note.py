"""Signed notes, keys and checkpoints against published notes, `cryptography` alone, and every kind of tampering."""

from base64 import b64decode, b64encode
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from events.errors import UsageError
from events.proof.checkpoint import Checkpoint, open_checkpoint, sign_checkpoint
from events.proof.note import Note, Signature, sign, verify
from events.proof.signers import KeyKind, NoteError, SigningKey, VerifierKey, cosigned_at

# From the documentation of golang.org/x/mod/sumdb/note.
PETER_SECRET = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
PETER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
ENOCH = "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop"
GO_TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
PETER_LINE = (
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
ENOCH_LINE = (
    "— EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ=\n"
)
# From c2sp.org/signed-note.
SPEC_KEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
SPEC_NOTE = (
    "This is an example message.\n\n— example.com/foo "
    "Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n"
)
# From c2sp.org/tlog-cosignature.
COSIGNED = (
    "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
    "— example.com/behind-the-sofa "
    "Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
    "— witness.example.com/w1 "
    "jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n"
)

KEY = SigningKey.generate("nguon.example/log")
ROOT = sha256(b"root").digest()
NOTE = sign_checkpoint(5_000_000, ROOT, KEY)
WITNESS_SECRET = Ed25519PrivateKey.generate()
WITNESS = VerifierKey("witness.example/w1", WITNESS_SECRET.public_key().public_bytes_raw(), KeyKind.COSIGNATURE)
TIME = 1_790_000_000


def cosign(note: Note, time: int = TIME) -> Note:
    """What a witness does, as tlog-cosignature says it, with nothing of ours but the line's form."""
    message = f"cosignature/v1\ntime {time}\n{note.text}".encode()
    value = time.to_bytes(8, "big") + WITNESS_SECRET.sign(message)
    return Note(note.text, (*note.signatures, Signature(WITNESS.name, WITNESS.key_id, value)))


def test_the_published_notes_verify_with_their_published_keys() -> None:
    spec, go = VerifierKey.parse(SPEC_KEY), VerifierKey.parse(PETER)

    assert list(verify(Note.parse(SPEC_NOTE.encode()), [spec])) == [spec]
    assert list(verify(Note.parse(f"{GO_TEXT}\n{PETER_LINE}".encode()), [go])) == [go]


def test_signing_gives_the_published_note_byte_for_byte() -> None:
    peter = SigningKey.parse(PETER_SECRET)

    assert str(peter.verifier) == PETER
    assert sign(GO_TEXT, peter).encode() == f"{GO_TEXT}\n{PETER_LINE}".encode()


def test_lines_of_unknown_keys_are_kept_and_passed_over() -> None:
    data = f"{GO_TEXT}\n{PETER_LINE}{ENOCH_LINE}".encode()
    peter, enoch = VerifierKey.parse(PETER), VerifierKey.parse(ENOCH)

    assert Note.parse(data).encode() == data
    assert list(verify(Note.parse(data), [enoch])) == [enoch]
    assert list(verify(Note.parse(data), [enoch, peter])) == [peter, enoch]
    with pytest.raises(NoteError, match="note_unsigned"):
        verify(Note.parse(data), [])


def test_a_wrong_line_of_a_known_key_condemns_the_whole_note() -> None:
    forged = Note.parse(f"{GO_TEXT}And so on.\n\n{PETER_LINE}".encode())
    both = Note(GO_TEXT, (*sign(GO_TEXT, KEY).signatures, Signature(KEY.name, KEY.verifier.key_id, bytes(64))))

    with pytest.raises(NoteError, match="note_forged"):
        verify(forged, [VerifierKey.parse(PETER)])
    with pytest.raises(NoteError, match="note_forged"):
        verify(both, [KEY.verifier])


def test_a_signed_checkpoint_verifies_with_cryptography_alone() -> None:
    text, _, lines = NOTE.encode().decode().rpartition("\n\n")
    dash, name, encoded = lines.removesuffix("\n").split(" ")
    _, hashed, material = str(KEY.verifier).split("+", 2)
    signed, public = b64decode(encoded), b64decode(material)

    Ed25519PublicKey.from_public_bytes(public[1:]).verify(signed[4:], f"{text}\n".encode())
    assert (dash, name, public[0]) == ("—", "nguon.example/log", 1)
    assert signed[:4].hex() == hashed == sha256(b"nguon.example/log\n" + public).hexdigest()[:8]
    assert text == f"nguon.example/log\n5000000\n{b64encode(ROOT).decode()}"


@given(st.integers(0, len(NOTE.encode()) - 1), st.integers(1, 255))
def test_a_checkpoint_with_any_byte_changed_fails(at: int, change: int) -> None:
    data = bytearray(NOTE.encode())
    data[at] ^= change

    with pytest.raises(NoteError):
        open_checkpoint(Note.parse(bytes(data)), KEY.verifier)


@given(st.integers(0, len(NOTE.encode()) - 1))
def test_a_checkpoint_cut_off_anywhere_fails(at: int) -> None:
    with pytest.raises(NoteError):
        open_checkpoint(Note.parse(NOTE.encode()[:at]), KEY.verifier)


def test_a_checkpoint_opens_with_what_was_signed() -> None:
    assert open_checkpoint(Note.parse(NOTE.encode()), KEY.verifier) == (
        Checkpoint("nguon.example/log", 5_000_000, ROOT),
        {},
    )


def test_the_published_cosigned_checkpoint_is_kept_byte_for_byte() -> None:
    note = Note.parse(COSIGNED.encode())

    assert note.encode() == COSIGNED.encode()
    assert Checkpoint.parse(note.text).size == 20_852_163
    assert Checkpoint.parse(note.text).text == note.text
    assert cosigned_at(note.signatures[1].value) == 1_679_315_147


def test_a_witness_is_known_by_its_key_and_its_time_is_given() -> None:
    note = Note.parse(cosign(NOTE).encode())

    assert open_checkpoint(note, KEY.verifier, [WITNESS])[1] == {WITNESS: TIME}
    assert open_checkpoint(note, KEY.verifier)[1] == {}


def test_of_two_lines_of_one_witness_the_first_counts() -> None:
    note = cosign(cosign(NOTE), TIME + 60)

    assert len(note.signatures) == 3
    assert open_checkpoint(note, KEY.verifier, [WITNESS])[1] == {WITNESS: TIME}


def test_a_witness_alone_does_not_make_a_checkpoint() -> None:
    only_witness = cosign(Note(NOTE.text, ()))

    assert list(verify(only_witness, [WITNESS])) == [WITNESS]
    with pytest.raises(NoteError, match="note_unsigned"):
        open_checkpoint(only_witness, KEY.verifier, [WITNESS])


@given(st.integers(0, 71), st.integers(1, 255))
def test_a_cosignature_with_any_byte_of_time_or_signature_changed_fails(at: int, change: int) -> None:
    log, witness = cosign(NOTE).signatures
    value = bytearray(witness.value)
    value[at] ^= change
    note = Note(NOTE.text, (log, Signature(witness.name, witness.key_id, bytes(value))))

    with pytest.raises(NoteError, match="note_forged"):
        open_checkpoint(note, KEY.verifier, [WITNESS])


def test_a_cosignature_beyond_the_times_that_exist_is_refused_even_if_signed() -> None:
    with pytest.raises(NoteError, match="note_forged"):
        open_checkpoint(cosign(NOTE, 2**63), KEY.verifier, [WITNESS])


def test_a_signature_of_the_text_is_no_cosignature() -> None:
    value = TIME.to_bytes(8, "big") + WITNESS_SECRET.sign(NOTE.text.encode())

    assert not WITNESS.verifies(NOTE.text, value)
    assert not WITNESS.verifies(NOTE.text, b"short")


def test_the_key_of_one_log_can_not_speak_for_another() -> None:
    note = sign(Checkpoint("other.example/log", 1, ROOT).text, KEY)

    with pytest.raises(NoteError, match="checkpoint_origin"):
        open_checkpoint(note, KEY.verifier)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\n",
        b"text\n",
        b"text\n\n",
        b"text\n" + PETER_LINE.encode(),
        b"text\n\n" + PETER_LINE.encode().removesuffix(b"\n"),
        b"text\n\n" + PETER_LINE.encode() + b"more\n",
        b"te\x00xt\n\n" + PETER_LINE.encode(),
        b"te\rxt\n\n" + PETER_LINE.encode(),
        b"te\xffxt\n\n" + PETER_LINE.encode(),
        "text\n\n— Peter Neumann x08go/ZJkuBS\n".encode(),
        "text\n\n— Peter+Neumann x08go/ZJkuBS\n".encode(),
        "text\n\n— Peter\u00a0Neumann x08go/ZJkuBS\n".encode(),
        "text\n\n—  x08go/ZJkuBS\n".encode(),
        "text\n\n— Peter x08gow==\n".encode(),
        "text\n\n— Peter x08go/ZJkuB\n".encode(),
        "text\n\n— Peter x08go/ZJkuC=\n".encode(),
        b"text\n\n- Peter x08go/ZJkuBS\n",
        b"text\n\n" + PETER_LINE.encode() * 101,
    ],
)
def test_what_is_no_note_is_refused(data: bytes) -> None:
    with pytest.raises(NoteError, match="note_malformed"):
        Note.parse(data)


def test_a_note_may_have_blank_lines_and_a_hundred_signatures() -> None:
    note = Note.parse(b"first\n\n\nlast\n\n" + PETER_LINE.encode() * 100)

    assert note.text == "first\n\n\nlast\n"
    assert len(note.signatures) == 100


@given(st.binary(max_size=200))
def test_arbitrary_bytes_are_a_note_or_a_note_error_and_nothing_else(data: bytes) -> None:
    try:
        note = Note.parse(data + b"\n\n" + PETER_LINE.encode())
    except NoteError:
        return
    assert note.encode() == data + b"\n\n" + PETER_LINE.encode()


@pytest.mark.parametrize("text", ["", "no newline", "tab\t\n", "nul\x00\n"])
def test_a_text_that_no_note_can_carry_is_not_signed(text: str) -> None:
    with pytest.raises(NoteError, match="note_malformed"):
        sign(text, KEY)


HASH = b64encode(ROOT).decode()


@pytest.mark.parametrize(
    "text",
    [
        f"o\n1\n{HASH}",
        "o\n1\n",
        f"\n1\n{HASH}\n",
        f"o\n\n{HASH}\n",
        f"o\n01\n{HASH}\n",
        f"o\n-1\n{HASH}\n",
        f"o\n+1\n{HASH}\n",
        f"o\n\u0661\n{HASH}\n",
        f"o\n{10**19}\n{HASH}\n",
        "o\n1\nAAAA\n",
        f"o\n1\n{HASH[:-1]}\n",
        f"o\n1\n{HASH}\n\nextension\n",
    ],
)
def test_what_is_no_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(NoteError, match="note_malformed"):
        Checkpoint.parse(text)


@given(
    st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1),
    st.integers(0, 10**19 - 1),
    st.binary(min_size=32, max_size=32),
    st.lists(st.text(st.characters(exclude_categories=["C"]), min_size=1)),
)
def test_a_checkpoint_gives_back_what_it_was_made_of(origin: str, size: int, root: bytes, more: list[str]) -> None:
    checkpoint = Checkpoint(origin, size, root, tuple(more))

    assert Checkpoint.parse(checkpoint.text) == checkpoint


@given(st.integers(0, 99))
def test_keys_read_what_they_write(_: int) -> None:
    key = SigningKey.generate("nguon.example/log")

    assert SigningKey.parse(key.encode()) == key
    assert VerifierKey.parse(str(key.verifier)) == key.verifier
    assert VerifierKey.parse(str(WITNESS)) == WITNESS
    assert repr(key) == "SigningKey(name='nguon.example/log')"


@given(st.integers(0, len(PETER) - 1), st.characters(codec="ascii"))
def test_a_public_key_with_any_character_changed_is_refused(at: int, put: str) -> None:
    changed = PETER[:at] + put + PETER[at + 1 :]

    if changed != PETER:
        with pytest.raises(NoteError, match="verifier_malformed"):
            VerifierKey.parse(changed)


@given(st.integers(0, len(PETER_SECRET) - 1), st.characters(codec="ascii"))
def test_a_signing_key_with_any_character_changed_is_refused(at: int, put: str) -> None:
    changed = PETER_SECRET[:at] + put + PETER_SECRET[at + 1 :]

    if changed != PETER_SECRET:
        with pytest.raises(NoteError, match="signer_malformed"):
            SigningKey.parse(changed)


@pytest.mark.parametrize("name", ["", "two words", "plus+sign", "new\nline", "no\u00a0break", "tab\t"])
def test_a_name_that_no_signature_line_can_carry_makes_no_key(name: str) -> None:
    with pytest.raises(UsageError, match="key_name_invalid"):
        SigningKey.generate(name)
