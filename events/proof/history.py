"""The keys that sign a log, one after the other: each change is a statement that the former and the new key sign.

The statements stand in the log itself. Whoever trusts one key of the row comes to trust all of them, and which of them
signs is told by the size of what is signed: from the event of a change on, the new one alone.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple, Self

import msgspec
from sqlalchemy import Connection, text

from events.errors import NguonError
from events.log.recorded import decode
from events.proof.checkpoint import Checkpoint, open_checkpoint
from events.proof.note import Note, Signature
from events.proof.signers import NoteError, SigningKey, VerifierKey
from events.types.keys import SigningKeyChanged

STREAM = "key-signing"


class Held(NamedTuple):
    """A key that signs checkpoints of `since` events and more, until the next one does."""

    since: int
    key: VerifierKey


class Change(NamedTuple):
    """A change of keys that both keys signed, and where the log has it."""

    position: int
    number: int
    former: VerifierKey
    new: VerifierKey
    note: Note


@dataclass(frozen=True)
class History:
    """A log's keys, oldest first, and the changes between them.

    `forged` are positions that speak of a change which the two keys did not sign: nothing comes of them.
    """

    keys: tuple[Held, ...]
    changes: tuple[Change, ...] = ()
    forged: tuple[int, ...] = ()

    @classmethod
    def of(cls, key: VerifierKey) -> Self:
        """That of a log that never had another key."""
        return cls((Held(0, key),))

    @property
    def newest(self) -> VerifierKey:
        """The key that signs now."""
        return self.keys[-1].key

    def key_of(self, size: int) -> VerifierKey:
        """The key that signs a checkpoint of `size` events."""
        return next(held.key for held in reversed(self.keys) if held.since <= size)

    def open(self, note: Note, witnesses: Iterable[VerifierKey] = ()) -> tuple[Checkpoint, dict[VerifierKey, int]]:
        """`open_checkpoint` under the key that signs a checkpoint of this size; raises as it does."""
        return open_checkpoint(note, self.key_of(Checkpoint.parse(note.text).size), witnesses)


def change(key: SigningKey, new: SigningKey, number: int) -> SigningKeyChanged:
    """The event that makes `new`, of the same name, the log's key number `number` after `key`."""
    statement = _statement(key.verifier, new.verifier, number)
    return SigningKeyChanged(
        number,
        key.verifier.public.hex(),
        new.verifier.public.hex(),
        key.sign(statement).hex(),
        new.sign(statement).hex(),
    )


def read(connection: Connection, trusted: VerifierKey) -> History:
    """The history of a log's keys, from one that is trusted, forwards and backwards.

    Raises NoteError `key_of_another_log` when the log changed its keys and never had this one.
    """
    rows = connection.execute(
        text("select position, body::text as body from events.event where stream = :stream order by position"),
        {"stream": STREAM},
    ).all()
    changes: list[Change] = []
    forged: list[int] = []
    for row in rows:
        found = _change(row.position, row.body, trusted.name)
        if found is None or (changes and (found.former, found.number) != (changes[-1].new, changes[-1].number + 1)):
            forged.append(row.position)
        else:
            changes.append(found)
    if not changes:
        return History((Held(0, trusted),), forged=tuple(forged))
    keys = (Held(0, changes[0].former), *(Held(each.position, each.new) for each in changes))
    if trusted not in [held.key for held in keys]:
        # Somebody may have begun a history of keys of their own in a log that never changed its key.
        if _is_first(connection, trusted, changes[0].position):
            return History((Held(0, trusted),), forged=tuple(row.position for row in rows))
        raise NoteError("key_of_another_log", name=trusted.name)
    return History(keys, tuple(changes), tuple(forged))


def _is_first(connection: Connection, trusted: VerifierKey, before: int) -> bool:
    """Whether a key signed what was signed last before a position."""
    note = connection.execute(
        text("select note from events.signed_checkpoint where size < :before order by size desc limit 1"),
        {"before": before},
    ).scalar()
    try:
        return note is not None and bool(open_checkpoint(Note.parse(note.encode()), trusted))
    except NoteError:
        return False


def _change(position: int, body: str, name: str) -> Change | None:
    """A change as an event tells it, if both keys signed it."""
    try:
        said = decode(position, body).payload
    except (NguonError, msgspec.DecodeError):
        return None
    if not isinstance(said, SigningKeyChanged):
        return None
    former, new = (VerifierKey(name, bytes.fromhex(public)) for public in (said.former, said.public))
    statement = _statement(former, new, said.number)
    signed = ((former, bytes.fromhex(said.by_former)), (new, bytes.fromhex(said.by_new)))
    if not all(key.verifies(statement, value) for key, value in signed):
        return None
    lines = tuple(Signature(key.name, key.key_id, value) for key, value in signed)
    return Change(position, said.number, former, new, Note(statement, lines))


def _statement(former: VerifierKey, new: VerifierKey, number: int) -> str:
    """The text of a C2SP note: the log, what this is, the number of the key, the former key and the new one."""
    return f"{new.name}\nnguon-signing-key/v1\n{number}\n{former}\n{new}\n"
