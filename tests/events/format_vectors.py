"""The vectors of docs/formats, made by our code from fixed inputs; `python -m tests.events.format_vectors` writes."""

import json
from base64 import b64encode
from pathlib import Path

from events.log import canonical
from events.proof import proofs, receipt
from events.proof.checkpoint import sign_checkpoint
from events.proof.merkle import leaf_hash, node_hash, root
from events.proof.note import Note, Signature
from events.proof.signers import SigningKey, WitnessKey
from events.proof.tiles import Tile, bundle_path, changed_tiles, encode_bundle, partial_tiles, tile_path
from events.proof.witness import encode_request, origin_hash

FILE = Path(__file__).parents[2] / "docs" / "formats" / "vectors.json"

LOG = SigningKey("log.example/province", bytes(range(32)))
WITNESS = WitnessKey("witness.example/one", bytes(range(32, 64)))
TIME = 1_790_000_000
SALT = bytes(range(64, 96))
SUBMISSION = "019a0000-0000-7000-8000-000000000001"
UNIT = "019a0000-0000-7000-8000-000000000002"
STREAM = f"submission-{SUBMISSION}"
NAME, WORKBOOK = "Báo cáo quý I.xlsx", b"not really a workbook"


def body(number: int, kind: str, data: dict[str, object], stream: str, version: int, cause: object = None) -> bytes:
    """An event's body as the log has it."""
    envelope: dict[str, object] = {
        "at": f"2026-11-23T08:00:00.{number:06}Z",
        "by": "command.submit",
        "data": data,
        "stream": stream,
        "type": kind,
        "v": 1,
        "version": version,
    }
    return canonical.dumps(envelope | ({"cause": cause} if cause else {}))


def bodies() -> list[bytes]:
    """A small log: something else, a submission and its verdict with one fact, something else."""
    committed = commitment(NAME, WORKBOOK)
    received = {"commitment": committed, "received_on": "2026-03-31", "size": len(WORKBOOK), "submission": SUBMISSION}
    valid = {
        "facts": 1,
        "form": "branch-quarterly",
        "form_version": 1,
        "last": "2026-03-31",
        "period": "2026Q1",
        "rows": 1,
        "rows_root": rows_root().hex(),
        "submission": SUBMISSION,
        "unit": UNIT,
    }
    target: dict[str, object] = {"target": "admitted", "unit": UNIT, "value": 3, "year": 2026}
    cause = {"row": 4, "sheet": "targets", "submission": SUBMISSION}
    return [
        body(1, "TargetSet", target, f"plan-{UNIT}.2026", 1),
        body(2, "SubmissionReceived", received, STREAM, 1),
        body(3, "SubmissionFoundValid", valid, STREAM, 2, {"submission": SUBMISSION}),
        body(4, "TargetSet", target, f"plan-{UNIT}.2026", 2, cause),
        body(5, "TargetSet", target, f"plan-{UNIT}.2026", 3),
    ]


def commitment(label: str, content: bytes) -> str:
    """The salted commitment, as an event carries it."""
    from hashlib import sha256

    return sha256(SALT + label.encode() + b"\0" + content).hexdigest()


def rows_root() -> bytes:
    """The root over the one row of the workbook."""
    return root([leaf_hash(b"targets!4\x00" + bytes.fromhex(commitment("targets!4", b'{"value":"3"}')))])


def vectors() -> dict[str, object]:
    """All vectors; bytes are base64 where text may not hold them, hashes hexadecimal."""
    entries = bodies()
    leaves = [leaf_hash(each) for each in entries]
    size = len(entries)

    def read(level: int, number: int, width: int) -> bytes:
        return b"".join(leaves)[: width * 32]

    note = sign_checkpoint(size, root(leaves), LOG)
    line = Signature(WITNESS.name, WITNESS.verifier.key_id, WITNESS.cosign(note.text, TIME))
    cosigned = Note(note.text, (*note.signatures, line))
    proven = [proofs.inclusion_proof(index, size, read) for index in (1, 2, 3)]
    own = [(index + 1, entries[index].decode()) for index in (1, 2, 3)]
    made = receipt.encode(SUBMISSION, own, proven, cosigned, LOG, receipt.Opening(NAME, SALT))
    return {
        "bodies": [each.decode() for each in entries],
        "leaf_hashes": [each.hex() for each in leaves],
        "node_hash": {"left": leaves[0].hex(), "right": leaves[1].hex(), "hash": node_hash(*leaves[:2]).hex()},
        "roots": [root(leaves[:each]).hex() for each in range(size + 1)],
        "inclusion": [
            {"index": index, "size": size, "proof": [each.hex() for each in proofs.inclusion_proof(index, size, read)]}
            for index in range(size)
        ],
        "consistency": [
            {"old": old, "new": size, "proof": [each.hex() for each in proofs.consistency_proof(old, size, read)]}
            for old in range(1, size)
        ],
        "commitment": {
            "salt": SALT.hex(),
            "label": NAME,
            "content": b64encode(WORKBOOK).decode(),
            "commitment": commitment(NAME, WORKBOOK),
        },
        "rows_root": {
            "rows": [{"place": "targets!4", "commitment": commitment("targets!4", b'{"value":"3"}')}],
            "root": rows_root().hex(),
        },
        "log_key": {"seed": LOG.secret.hex(), "private": LOG.encode(), "vkey": str(LOG.verifier)},
        "witness_key": {"seed": WITNESS.secret.hex(), "private": WITNESS.encode(), "vkey": str(WITNESS.verifier)},
        "checkpoint": note.encode().decode(),
        "cosigned_checkpoint": {"time": TIME, "note": cosigned.encode().decode()},
        "tiles": [
            {
                "size": each,
                "partial": [tile_path(tile) for tile in partial_tiles(each)],
                "count": sum(1 for _ in changed_tiles(0, each)),
            }
            for each in (1, 255, 256, 70_000)
        ],
        "paths": [
            {"level": level, "number": number, "width": width, "path": tile_path(Tile(level, number, width))}
            for level, number, width in ((0, 0, 256), (0, 1_234_067, 256), (1, 273, 112), (2, 1000, 1))
        ],
        "bundle": {
            "path": bundle_path(Tile(0, 0, 3)),
            "entries": [each.decode() for each in entries[:3]],
            "bundle": b64encode(encode_bundle(entries[:3])).decode(),
        },
        "witness": {
            "origin_hash": origin_hash(LOG.name),
            "request": encode_request(3, proofs.consistency_proof(3, size, read), note).decode(),
            "response": f"{line}\n",
        },
        "receipt": {"receipt": made.decode(), "workbook": b64encode(WORKBOOK).decode()},
    }


def written() -> str:
    """The text of the vectors' file."""
    return json.dumps(vectors(), ensure_ascii=False, indent=2) + "\n"


if __name__ == "__main__":
    FILE.write_text(written(), encoding="utf-8")
