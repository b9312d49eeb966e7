"""A verifier that a stranger could write from docs/formats alone: standard library, Ed25519 from `cryptography`.

    python stranger.py export FOLDER VKEY [WITNESS_VKEY ...]
    python stranger.py receipt FILE VKEY [WORKBOOK]

Prints what was proven as JSON and ends with 0, or says what is wrong and ends with 1. Imports nothing of Nguồn.
"""

import json
import re
import sys
from base64 import b64decode, b64encode
from hashlib import sha256
from pathlib import Path
from typing import Any, NoReturn

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

FOLLOWED = {"SubmissionFoundValid", "SubmissionAccepted", "SubmissionReturned", "SubmissionWithdrawn"}


class Wrong(Exception):
    """What does not verify."""


def wrong(what: str) -> NoReturn:
    raise Wrong(what)


def unbase64(text: str, size: int) -> bytes:
    decoded = b64decode(text, validate=True)
    return decoded if b64encode(decoded).decode() == text and len(decoded) == size else wrong(f"base64 {text[:20]}")


def leaf_of(body: bytes) -> bytes:
    return sha256(b"\x00" + body).digest()


def node(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


def tree(hashes: list[bytes]) -> bytes:
    """MTH of RFC 9162, section 2.1.1, over leaf hashes."""
    if len(hashes) < 2:
        return hashes[0] if hashes else sha256(b"").digest()
    half = 1 << (len(hashes) - 1).bit_length() - 1
    return node(tree(hashes[:half]), tree(hashes[half:]))


class Key:
    """A vkey: name+hash+base64(kind || public)."""

    def __init__(self, vkey: str) -> None:
        self.name, hashed, material = vkey.split("+", 2)
        kind, *public = unbase64(material, 33)
        self.kind, self.public = kind, bytes(public)
        self.id = sha256(self.name.encode() + b"\n" + bytes([kind]) + self.public).digest()[:4]
        if self.id.hex() != hashed or kind not in (1, 4):
            wrong("vkey")

    def check(self, message: bytes, value: bytes) -> None:
        if self.kind == 4:  # cosignature/v1: eight bytes of time, then the signature
            time = int.from_bytes(value[:8], "big")
            message, value = f"cosignature/v1\ntime {time}\n".encode() + message, value[8:]
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(value, message)
        except InvalidSignature:
            wrong(f"signature of {self.name}")


def checkpoint(note: bytes, log: Key, witnesses: list[Key]) -> tuple[int, bytes, list[str], int]:
    """Size, root, names of the known witnesses that cosigned, and the number of signatures."""
    text, _, below = note.decode().rpartition("\n\n")
    lines = below.split("\n")
    if lines.pop() or not lines:
        wrong("the note is cut short")
    signed = set()
    for line in lines:
        dash, name, encoded = line.split(" ")
        value = b64decode(encoded, validate=True)
        for key in [log, *witnesses]:
            if (dash, name, value[:4]) == ("—", key.name, key.id):
                key.check(text.encode() + b"\n", value[4:])
                signed.add(key.name)
    origin, size, root = text.split("\n")[:3]
    if log.name not in signed or origin != log.name or not re.fullmatch("0|[1-9][0-9]*", size):
        wrong("not a checkpoint of this log")
    return int(size), unbase64(root, 32), sorted(signed - {log.name}), len(lines)


def path_of(number: int, width: int) -> str:
    digits = f"{number:0{-(-len(str(number)) // 3) * 3}}"
    *leading, last = re.findall("...", digits)
    return "".join(f"x{part}/" for part in leading) + last + (f".p/{width}" if width < 256 else "")


def export(folder: Path, log: Key, witnesses: list[Key]) -> dict[str, Any]:
    """Every entry hashed, every tile recomputed from the level below, the root held against what is signed."""
    size, root, cosigners, _ = checkpoint((folder / "checkpoint").read_bytes(), log, witnesses)
    leaves: list[bytes] = []
    for start in range(0, size, 256):
        width = min(256, size - start)
        bundle, at, entries = (folder / "tile/entries" / path_of(start // 256, width)).read_bytes(), 0, 0
        while at < len(bundle):
            end = at + 2 + int.from_bytes(bundle[at : at + 2], "big")
            leaves.append(leaf_of(bundle[at + 2 : end]))
            at, entries = end, entries + 1
        if at != len(bundle) or entries != width:
            wrong(f"bundle at {start}")
    level, hashes = 0, leaves
    while hashes:
        for start in range(0, len(hashes), 256):
            expected = b"".join(hashes[start : start + 256])
            name = path_of(start // 256, len(expected) // 32)
            if (folder / "tile" / str(level) / name).read_bytes() != expected:
                wrong(f"tile {level}/{name}")
        hashes = [tree(hashes[at : at + 256]) for at in range(0, len(hashes) - 255, 256)]
        level += 1
    if tree(leaves) != root:
        wrong("the root is not that of the entries")
    return {"size": size, "root": root.hex(), "witnesses": cosigners}


def included(leaf: bytes, index: int, size: int, proof: list[bytes], root: bytes) -> None:
    """RFC 9162, section 2.1.3.2."""
    place, last, found = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            wrong("the proof is too long")
        if place & 1 or place == last:
            found = node(sibling, found)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            found = node(found, sibling)
        place, last = place >> 1, last >> 1
    if last != 0 or found != root or not 0 <= index < size:
        wrong(f"entry {index} is not in the log")


def receipt(content: bytes, log: Key, workbook: bytes | None) -> dict[str, Any]:
    """Each entry proven, all of one submission, none missing, and the file that it is about."""
    head, _, note = content.partition(b"\n\n")
    magic, packed, place, *proof = head.decode().split("\n")
    number = re.fullmatch("index (0|[1-9][0-9]*)", place)
    if magic != "c2sp.org/tlog-proof@v1" or not packed.startswith("extra ") or not number:
        wrong("not a receipt")
    extra = json.loads(b64decode(packed[6:], validate=True))
    size, root, _, signatures = checkpoint(note, log, [])
    if signatures < extra["signatures"]:
        wrong("signatures are missing")
    entries = [{"index": int(number[1]), "body": extra["body"], "proof": proof}, *extra["more"]]
    for entry in entries:
        hashes = [unbase64(each, 32) for each in entry["proof"]]
        included(leaf_of(entry["body"].encode()), entry["index"], size, hashes, root)
    submission = whole([(entry["index"], json.loads(entry["body"])) for entry in entries])
    stated = f"{log.name}\nnguon-receipt/v1\n{submission}\n{size}\n{len(entries)}\n"
    log.check(stated.encode(), unbase64(extra["complete"] or wrong("not stated to be whole"), 64))
    if workbook is not None:
        salt = unbase64(extra["file"]["salt"], 32)
        committed = sha256(salt + extra["file"]["name"].encode() + b"\x00" + workbook).hexdigest()
        if committed != json.loads(extra["body"])["data"]["commitment"]:
            wrong("another file")
    return {"submission": submission, "size": size, "entries": len(entries), "tied": workbook is not None}


def whole(events: list[tuple[int, Any]]) -> str:
    """The submission whose stream the events are, from its arrival, each followed by the facts that it announces."""
    first, version, at = events[0][1], 0, 0
    submission = str(first["data"]["submission"])
    while at < len(events):
        index, body = events[at]
        version += 1
        facts = body["data"].get("facts", 0) if body["type"] in FOLLOWED else 0
        followed = events[at + 1 : at + 1 + facts]
        expected = [(index + step, submission) for step in range(1, facts + 1)]
        if [(each, fact.get("cause", {}).get("submission")) for each, fact in followed] != expected:
            wrong("facts are missing")
        if (body["stream"], body["version"]) != (f"submission-{submission}", version):
            wrong("events are missing or strange")
        at += 1 + facts
    return submission if first["type"] == "SubmissionReceived" else wrong("it does not begin with the arrival")


def main(what: str, path: str, vkey: str, *rest: str) -> dict[str, Any]:
    if what == "export":
        return export(Path(path), Key(vkey), [Key(each) for each in rest])
    return receipt(Path(path).read_bytes(), Key(vkey), Path(rest[0]).read_bytes() if rest else None)


if __name__ == "__main__":
    try:
        print(json.dumps(main(*sys.argv[1:])))
    except (Wrong, ValueError, KeyError, TypeError, IndexError, AttributeError, OSError) as failure:
        sys.exit(f"does not verify: {type(failure).__name__} {failure}")
