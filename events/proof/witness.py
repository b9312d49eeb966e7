"""C2SP tlog-witness, `add-checkpoint`: what a witness checks before it cosigns, without its state and without HTTP.

A witness states of a log that each checkpoint extends the one before it. It knows logs by origin, each with the keys
that it trusts for it, and keeps of each the checkpoint that it cosigned last.
"""

import re
from base64 import b64encode
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from typing import NamedTuple

from events.proof.checkpoint import Checkpoint
from events.proof.merkle import EMPTY_ROOT, HASH_SIZE, verify_consistency
from events.proof.note import Note, Signature, verify
from events.proof.signers import NoteError, VerifierKey, WitnessKey, canonical_base64

MAX_BODY = 1 << 16
"""Bytes of a request: 63 hashes of a proof and a checkpoint with a hundred signatures fit."""

MAX_PROOF = 63
SIZE_TYPE = "text/x.tlog.size"

_OLD = re.compile(r"old (0|[1-9][0-9]{0,18})")


class Refused(Exception):
    """The HTTP status with which a witness declines, and the body that the protocol wants for it.

    `signed` is the checkpoint where it bears a trusted signature and contradicts what was seen before (422): it may
    be proof that the log lies.
    """

    def __init__(self, status: int, body: str, content_type: str = "text/plain", signed: Note | None = None) -> None:
        super().__init__(status)
        self.status = status
        self.body = body
        self.content_type = content_type
        self.signed = signed


class Request(NamedTuple):
    """A request to cosign: the size that the witness is believed to know, the consistency proof, the checkpoint."""

    old: int
    proof: list[bytes]
    note: Note
    checkpoint: Checkpoint


Known = Mapping[str, Sequence[VerifierKey]]
"""The logs that a witness knows: origin to the keys trusted for it, several where a key is followed by the next."""


def known_logs(keys: Iterable[VerifierKey]) -> dict[str, list[VerifierKey]]:
    """Keys of logs by the origin that they are named as."""
    known: dict[str, list[VerifierKey]] = {}
    for key in keys:
        known.setdefault(key.name, []).append(key)
    return known


def origin_hash(origin: str) -> str:
    """SHA-256 of an origin in hexadecimal: how a witness names a log in its paths."""
    return sha256(origin.encode()).hexdigest()


def encode_request(old: int, proof: Sequence[bytes], note: Note) -> bytes:
    """The body of `POST add-checkpoint`."""
    lines = [f"old {old}", *(b64encode(each).decode() for each in proof), ""]
    return "\n".join([*lines, ""]).encode() + note.encode()


def parse_request(body: bytes) -> Request:
    """Read the body of `POST add-checkpoint`; raises `Refused` (400) where it is not of the protocol's form."""
    head, blank, rest = body.partition(b"\n\n")
    try:
        old, *hashes = head.decode("ascii").split("\n")
    except UnicodeDecodeError:
        raise Refused(400, "not ASCII before the checkpoint\n") from None
    size = _OLD.fullmatch(old)
    if not blank or size is None:
        raise Refused(400, "the first line must be: old <size>\n")
    if len(hashes) > MAX_PROOF:
        raise Refused(400, f"more than {MAX_PROOF} lines of proof\n")
    proof = [canonical_base64(each) or b"" for each in hashes]
    if any(len(each) != HASH_SIZE for each in proof):
        raise Refused(400, "a line of the proof is not the base64 of 32 bytes\n")
    try:
        note = Note.parse(rest)
        return Request(int(size[1]), proof, note, Checkpoint.parse(note.text))
    except NoteError:
        raise Refused(400, "the checkpoint is malformed\n") from None


def trusted(request: Request, known: Known) -> None:
    """Require that the log is known and that its key signed; raises `Refused` (404, 403)."""
    keys = known.get(request.checkpoint.origin)
    if not keys:
        raise Refused(404, "this log is not known here\n")
    try:
        verify(request.note, keys)
    except NoteError:
        raise Refused(403, "not signed by a key that is trusted for this log\n") from None


def consistent(request: Request, seen: Checkpoint | None) -> None:
    """Require that a trusted checkpoint extends the one `seen` last, if any; raises `Refused` (400, 409, 422)."""
    old, new = seen.size if seen else 0, request.checkpoint
    if request.old > new.size:
        raise Refused(400, "the old size is above that of the checkpoint\n")
    if request.old != old:
        raise Refused(409, f"{old}\n", SIZE_TYPE)
    if new.size == 0 and new.root != EMPTY_ROOT:
        raise Refused(422, "an empty tree has another root\n", signed=request.note)
    if old and not verify_consistency(old, new.size, request.proof, seen.root if seen else EMPTY_ROOT, new.root):
        raise Refused(422, "not proven to extend what was seen\n", signed=request.note)
    if not old and request.proof:
        raise Refused(422, "nothing is to be proven of the empty tree\n")


def cosignature(text: str, key: WitnessKey, now: int) -> Signature:
    """The signature line of a witness for a note's text, at `now` in seconds since 1970 (UTC)."""
    return Signature(key.name, key.verifier.key_id, key.cosign(text, now))


def kept(request: Request, known: Known, line: Signature) -> Note:
    """The checkpoint as a witness keeps and shows it: the signatures of trusted keys, and its own."""
    ids = {(key.name, key.key_id) for key in known[request.checkpoint.origin]}
    logs = [each for each in request.note.signatures if (each.name, each.key_id) in ids]
    return Note(request.note.text, (*logs, line))
