"""The receipt of a submission: its events, proven to be in the log under a signed checkpoint, in one small file.

It is a C2SP tlog-proof of the submission's first event. Its `extra` line, which the format leaves to the application,
holds the bodies of all the submission's events, the proofs of the others, what ties them to the branch's own file, how
many signatures follow, and the log's own signature under how many events the submission had by then; described in
docs/formats/receipt.md. A receipt is whole or it is refused.
"""

import hmac
import re
from base64 import b64encode
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Annotated, NamedTuple

import msgspec
from sqlalchemy import Connection, text

from events.errors import RefusedError, UsageError
from events.log.recorded import Recorded, decode
from events.proof import merkle_tree
from events.proof.checkpoint import Checkpoint, open_checkpoint
from events.proof.merkle import leaf_hash, verify_inclusion
from events.proof.note import Note
from events.proof.signers import NoteError, SigningKey, VerifierKey, canonical_base64
from events.types.base import Payload
from events.types.submissions import (
    FollowedByFacts,
    SubmissionFoundInvalid,
    SubmissionFoundValid,
    SubmissionReceived,
    SubmissionSetAside,
)

_VERDICTS: dict[type[Payload], bool] = {
    SubmissionFoundValid: True,
    SubmissionFoundInvalid: False,
    SubmissionSetAside: False,
}


MAGIC = "c2sp.org/tlog-proof@v1"
SUFFIX = ".tlog-proof"
"""How the name of a receipt's file ends, as the format recommends."""

_INDEX = re.compile(r"index (0|[1-9][0-9]{0,18})")

_Base64 = Annotated[str, msgspec.Meta(max_length=44, min_length=44)]


class Opening(NamedTuple):
    """What opens the commitment to a submission's file: the name under which it came, and the salt (32 bytes)."""

    name: str
    salt: bytes


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    salt: _Base64


class _Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    body: str
    index: Annotated[int, msgspec.Meta(ge=0)]
    proof: list[_Base64]


class _Extra(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    body: str
    complete: str | None
    file: _File | None
    more: list[_Entry]
    signatures: Annotated[int, msgspec.Meta(ge=1)]


@dataclass(frozen=True)
class Proven:
    """What a receipt proves: the submission's events, in log order, under a checkpoint of the log.

    `valid` is None while the submission was not decided; `witnesses` are those known that cosigned, with the time
    in seconds since 1970 (UTC); `file` opens the commitment to its file, where the receipt says it. `complete` is
    whether the log states that, by this checkpoint, the submission has no other events.
    """

    submission: str
    valid: bool | None
    events: tuple[Recorded, ...]
    checkpoint: Checkpoint
    witnesses: dict[VerifierKey, int]
    file: Opening | None
    complete: bool


def make(
    connection: Connection,
    submission: str,
    checkpoint: Note,
    key: SigningKey | None = None,
    file: Opening | None = None,
) -> bytes:
    """The receipt of a submission under a signed checkpoint of this log.

    With `key`, the log's, it states that it is complete; with `file`, it can be tied to the file.

    Raises UsageError `unknown_submission`, `proof_outside_tree` when the checkpoint is older than the submission.
    """
    size = Checkpoint.parse(checkpoint.text).size
    own = []
    until = {"stream": f"submission-{submission}", "size": size}
    for position, body in _bodies(connection, "stream = :stream and position <= :size", **until):
        own.append((position, body))
        payload = decode(position, body).payload
        if isinstance(payload, FollowedByFacts):
            facts = {"after": position, "last": position + payload.facts}
            own += _bodies(connection, "position > :after and position <= :last", **facts)
    if not own:
        if _bodies(connection, "stream = :stream", stream=until["stream"]):
            raise UsageError("proof_outside_tree", asked=size + 1, size=size)
        raise UsageError("unknown_submission", submission=submission)
    proofs = merkle_tree.prove_many(connection, [position for position, _ in own], size)
    return encode(submission, own, proofs, checkpoint, key, file)


def encode(
    submission: str,
    entries: Sequence[tuple[int, str]],
    proofs: Sequence[Sequence[bytes]],
    checkpoint: Note,
    key: SigningKey | None = None,
    file: Opening | None = None,
) -> bytes:
    """The receipt of entries, each its position and body, with their proofs under the checkpoint; else as `make`."""
    (first, body), *others = entries
    lines, *proven = [[b64encode(each).decode() for each in proof] for proof in proofs]
    stated = key.sign(_statement(Checkpoint.parse(checkpoint.text), submission, len(entries))) if key else None
    extra = _Extra(
        body,
        b64encode(stated).decode() if stated else None,
        _File(file.name, b64encode(file.salt).decode()) if file else None,
        [_Entry(body, position - 1, proof) for (position, body), proof in zip(others, proven, strict=True)],
        len(checkpoint.signatures),
    )
    encoded = b64encode(msgspec.json.encode(extra, order="sorted")).decode()
    head = [MAGIC, f"extra {encoded}", f"index {first - 1}", *lines, "", ""]
    return "\n".join(head).encode() + checkpoint.encode()


def verify_receipt(
    receipt: bytes, log: VerifierKey, witnesses: Iterable[VerifierKey] = (), *, partial: bool = False
) -> Proven:
    """Check a receipt with nothing but the log's public key; with `partial`, also one that does not say it is whole.

    Raises RefusedError: `receipt_malformed`, `receipt_unproven` (names the position that is not in the log),
    `receipt_incomplete` when events or signatures that it had are missing or others are among them,
    `receipt_unstated` when it does not say that it is whole; `NoteError` for the checkpoint.
    """
    entries, extra, note = _parse(receipt)
    if len(note.signatures) < extra.signatures:
        raise RefusedError("receipt_incomplete")
    checkpoint, times = open_checkpoint(note, log, witnesses)
    for entry in entries:
        leaf, proof = leaf_hash(entry.body.encode()), [_decoded(each) for each in entry.proof]
        if not verify_inclusion(leaf, entry.index, checkpoint.size, proof, checkpoint.root):
            raise RefusedError("receipt_unproven", position=entry.index + 1)
    try:
        events = tuple(decode(entry.index + 1, entry.body) for entry in entries)
    except msgspec.DecodeError:  # it is in the log, and is no event
        raise RefusedError("receipt_malformed") from None
    submission, valid = _whole(events)
    complete = _stated(extra.complete, log, _statement(checkpoint, submission, len(events)))
    if not complete and not partial:
        raise RefusedError("receipt_unstated")
    file = Opening(extra.file.name, _decoded(extra.file.salt)) if extra.file else None
    return Proven(submission, valid, events, checkpoint, times, file, complete)


def require_file(proven: Proven, content: bytes) -> None:
    """Require that a file is the one that was submitted, byte for byte.

    Raises RefusedError: `receipt_untied` when the receipt does not say what opens the commitment, `receipt_other_file`.
    """
    received = proven.events[0].payload
    assert isinstance(received, SubmissionReceived)
    if proven.file is None:
        raise RefusedError("receipt_untied")
    committed = sha256(proven.file.salt + proven.file.name.encode() + b"\x00" + content).hexdigest()
    if not hmac.compare_digest(committed, received.commitment):
        raise RefusedError("receipt_other_file", submission=proven.submission)


def _statement(checkpoint: Checkpoint, submission: str, events: int) -> str:
    """What the log signs of a receipt that is whole: the text of a C2SP note, which is no checkpoint's."""
    return f"{checkpoint.origin}\nnguon-receipt/v1\n{submission}\n{checkpoint.size}\n{events}\n"


def _stated(signed: str | None, log: VerifierKey, statement: str) -> bool:
    """Whether the log states it; raises RefusedError `receipt_incomplete` where it states something else."""
    if signed is None:
        return False
    value = canonical_base64(signed)
    if value is None or not log.verifies(statement, value):
        raise RefusedError("receipt_incomplete")
    return True


def _parse(receipt: bytes) -> tuple[list[_Entry], _Extra, Note]:
    """The entries of a receipt, its first one first, and its checkpoint; nothing of it is believed yet."""
    head, blank, below = receipt.partition(b"\n\n")
    try:
        magic, said, place, *proof = head.decode("ascii").split("\n")
        index = _INDEX.fullmatch(place)
        packed = canonical_base64(said.removeprefix("extra "))
        if not blank or magic != MAGIC or not said.startswith("extra ") or packed is None or index is None:
            raise RefusedError("receipt_malformed")
        extra = msgspec.json.decode(packed, type=_Extra)
        first = msgspec.convert({"body": extra.body, "index": int(index[1]), "proof": proof}, _Entry)
        return [first, *extra.more], extra, Note.parse(below)
    except (msgspec.DecodeError, UnicodeDecodeError, ValueError, NoteError):
        raise RefusedError("receipt_malformed") from None


def _decoded(hashed: str) -> bytes:
    decoded = canonical_base64(hashed)
    if decoded is None:
        raise RefusedError("receipt_malformed")
    return decoded


def _whole(events: tuple[Recorded, ...]) -> tuple[str, bool | None]:
    """The submission and its verdict, if the events are all of one submission's, and in their order."""
    rest = list(events)
    submission, valid = getattr(rest[0].payload, "submission", "") if rest else "", None
    version = 0
    while rest:
        event = rest.pop(0)
        version += 1
        said = getattr(event.payload, "submission", None)
        if (said, event.stream, event.version) != (submission, f"submission-{submission}", version):
            raise RefusedError("receipt_incomplete")
        valid = _VERDICTS.get(type(event.payload), valid)
        facts = event.payload.facts if isinstance(event.payload, FollowedByFacts) else 0
        followed, rest = rest[:facts], rest[facts:]
        if len(followed) < facts or any(
            fact.position != event.position + place or fact.cause is None or fact.cause.submission != submission
            for place, fact in enumerate(followed, start=1)
        ):
            raise RefusedError("receipt_incomplete")
    if not version or type(events[0].payload) is not SubmissionReceived:
        raise RefusedError("receipt_incomplete")
    return submission, valid


def _bodies(connection: Connection, where: str, **values: object) -> list[tuple[int, str]]:
    rows = connection.execute(
        text(f"select position, body::text as body from events.event where {where} order by position"), values
    )
    return [(row.position, row.body) for row in rows]
