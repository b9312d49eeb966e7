"""The receipt of a submission: its events, proven to be in the log under a signed checkpoint, in one small file.

Canonical JSON: `format` ("nguon-receipt-1"), `checkpoint` (a C2SP note), and `events`, each with its `position`,
its `body` as it stands in the log, and its inclusion `proof` (base64, in the order of RFC 9162).
"""

from base64 import b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import msgspec
from sqlalchemy import Connection, text

from events.errors import RefusedError, UsageError
from events.log.recorded import Recorded, decode
from events.proof import merkle_tree
from events.proof.checkpoint import Checkpoint, open_checkpoint
from events.proof.merkle import leaf_hash, verify_inclusion
from events.proof.note import Note
from events.proof.signers import VerifierKey, canonical_base64
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


class _Proven(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    position: int
    body: str
    proof: list[str]


class _Receipt(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    checkpoint: str
    events: list[_Proven]
    format: Literal["nguon-receipt-1"] = "nguon-receipt-1"


@dataclass(frozen=True)
class Proven:
    """What a receipt proves: the submission's events, in log order, under a checkpoint of the log.

    `valid` is None while the submission was not decided; `witnesses` are those known that cosigned, with the time
    in seconds since 1970 (UTC).
    """

    submission: str
    valid: bool | None
    events: tuple[Recorded, ...]
    checkpoint: Checkpoint
    witnesses: dict[VerifierKey, int]


def make(connection: Connection, submission: str, checkpoint: Note) -> bytes:
    """The receipt of a submission under a signed checkpoint of this log.

    Raises UsageError `unknown_submission`, `proof_outside_tree` when the checkpoint is older than the submission.
    """
    size = Checkpoint.parse(checkpoint.text).size
    own = []
    for position, body in _bodies(connection, "stream = :stream", stream=f"submission-{submission}"):
        own.append((position, body))
        payload = decode(position, body).payload
        if isinstance(payload, FollowedByFacts):
            facts = {"after": position, "last": position + payload.facts}
            own += _bodies(connection, "position > :after and position <= :last", **facts)
    if not own:
        raise UsageError("unknown_submission", submission=submission)
    proofs = merkle_tree.prove_many(connection, [position for position, _ in own], size)
    events = [
        _Proven(position, body, [b64encode(each).decode() for each in proof])
        for (position, body), proof in zip(own, proofs, strict=True)
    ]
    return msgspec.json.encode(_Receipt(checkpoint.encode().decode(), events), order="sorted")


def verify_receipt(receipt: bytes, log: VerifierKey, witnesses: Iterable[VerifierKey] = ()) -> Proven:
    """Check a receipt with nothing but the log's public key.

    Raises RefusedError: `receipt_malformed`, `receipt_unproven` (names the position that is not in the log),
    `receipt_incomplete` when events of the submission are missing or others are among them; `NoteError` for the
    checkpoint.
    """
    try:
        read = msgspec.json.decode(receipt, type=_Receipt)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise RefusedError("receipt_malformed") from None
    checkpoint, times = open_checkpoint(Note.parse(read.checkpoint.encode()), log, witnesses)
    for event in read.events:
        proof = [canonical_base64(each) or b"" for each in event.proof]
        leaf = leaf_hash(event.body.encode())
        if not verify_inclusion(leaf, event.position - 1, checkpoint.size, proof, checkpoint.root):
            raise RefusedError("receipt_unproven", position=event.position)
    events = tuple(decode(event.position, event.body) for event in read.events)
    submission, valid = _whole(events)
    return Proven(submission, valid, events, checkpoint, times)


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
