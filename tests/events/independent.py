"""Verification that shares nothing with ours: pymerkle for the tree, cryptography for signatures, the rest by hand."""

from base64 import b64decode
from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from pymerkle import InclusionProof, InmemoryTree
from pymerkle.core import _inclusion_path_layout


def open_note(note: bytes, vkey: str) -> tuple[str, int, bytes]:
    """Origin, size and root of a signed checkpoint; raises if the key did not sign it."""
    text, signatures = note.decode().split("\n\n")
    name, key_id, material = vkey.split("+", 2)
    (line,) = [line for line in signatures.splitlines() if line.startswith(f"— {name} ")]
    value = b64decode(line.split(" ")[2])
    assert value[:4].hex() == key_id
    Ed25519PublicKey.from_public_bytes(b64decode(material)[1:]).verify(value[4:], f"{text}\n".encode())
    origin, size, root = text.split("\n")
    return origin, int(size), b64decode(root)


def require_included(body: bytes, position: int, size: int, proof: list[bytes], root: bytes) -> None:
    """Raise InvalidProof unless the body is the entry at `position` (from 1) of the tree."""
    leaf = sha256(b"\x00" + body).digest()
    rule, _ = _inclusion_path_layout(position, size)
    InclusionProof("sha256", True, size, position, rule, [leaf, *proof]).verify(leaf, root, position, size, "sha256")


def root_of(entries: list[bytes]) -> bytes:
    """The root over entries."""
    tree = InmemoryTree(algorithm="sha256")
    tree.append_entries(entries)
    root: bytes = tree.get_root()
    return root


def entries_of(bundle: bytes) -> list[bytes]:
    """The entries of a bundle of tlog-tiles."""
    found = []
    while bundle:
        length = bundle[0] << 8 | bundle[1]
        found.append(bundle[2 : 2 + length])
        bundle = bundle[2 + length :]
    return found
