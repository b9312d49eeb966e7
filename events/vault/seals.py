"""What binds an event to content that it does not hold: salted commitments, and matches under the matching key.

`SHA-256(salt || label || 0x00 || content)` says whose or where the content is; without the salt nobody can guess the
content from it. At rest, salt and content stand together, sealed under a key of their owner.
"""

import hashlib
import hmac
import secrets
from typing import NamedTuple

from events.log.canonical import dumps
from events.vault.keystore import DataKey, Unreadable

SALT_SIZE = 32


class Sealed(NamedTuple):
    """Content, its salt, and the commitment that an event may carry."""

    content: bytes
    salt: bytes
    commitment: bytes


class Person(NamedTuple):
    """What the vault knows of a person."""

    identity: str
    name: str
    birth_date: str


def seal_file(name: str, content: bytes) -> Sealed:
    """Commit to a file under its name."""
    return seal(name, content)


def seal_person(subject: str, content: bytes) -> Sealed:
    """Commit to a person's record under their id."""
    return seal(subject, content)


def seal(label: str, content: bytes) -> Sealed:
    """Commit to content under a label: whose it is, or where it stands."""
    salt = secrets.token_bytes(SALT_SIZE)
    return Sealed(content, salt, commitment(label, salt, content))


def commitment(label: str, salt: bytes, content: bytes) -> bytes:
    """What binds content to a label."""
    found = hashlib.sha256(salt + label.encode() + b"\x00")
    found.update(content)
    return found.digest()


def encrypted(key: DataKey, label: str, sealed: Sealed) -> bytes:
    """Salt and content as they are kept."""
    return key.seal(label, sealed.salt + sealed.content)


def decrypted(key: DataKey, label: str, kept: bytes) -> Sealed:
    """Salt and content of what is kept, and what they commit to. Raises Unreadable."""
    found = key.open(label, kept)
    if len(found) < SALT_SIZE:
        raise Unreadable
    salt, content = found[:SALT_SIZE], found[SALT_SIZE:]
    return Sealed(content, salt, commitment(label, salt, content))


def match(key: bytes, value: bytes) -> bytes:
    """The keyed HMAC-SHA-256 by which a person or a file is known again; worth nothing without the key."""
    return hmac.digest(key, value, "sha256")


def likeness(key: bytes, name: str, birth_date: str) -> bytes:
    """The keyed HMAC of a name, folded, and a birth date (ISO 8601): who was given two numbers is found by it."""
    return match(key, f"likeness\x00{name}\x00{birth_date}".encode())


def person_content(person: Person) -> bytes:
    """Canonical bytes of a person's record."""
    return dumps(person._asdict())
