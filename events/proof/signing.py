"""Signed checkpoints of the log: made, kept, and handed to witnesses who cosign them."""

from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import Connection, text

from events.errors import RefusedError, UsageError
from events.proof import history, merkle_tree
from events.proof.checkpoint import Checkpoint, sign_checkpoint
from events.proof.history import History
from events.proof.note import Note, Signature, verify
from events.proof.signers import NoteError, SigningKey, VerifierKey


class Stored(NamedTuple):
    """A row of the signed checkpoints, as it stands and without belief in it."""

    number: int
    size: int
    root: bytes
    note: str


def sign_head(connection: Connection, key: SigningKey, outside: Iterable[Note] = ()) -> Note:
    """Grow the tree to the head, and sign and keep its checkpoint; a size that is signed already is not signed twice.

    What was signed last, here and in the notes that are known from `outside` the database, must be of the same tree.
    Inside the caller's transaction, which must be READ COMMITTED. Raises `RefusedError`: `checkpoint_behind` when the
    log has fewer events than were signed, `checkpoint_forked` when it has others, `key_replaced` when another key
    signs by now; and what `merkle_tree.grow`, `history.read` and `open_checkpoint` raise.
    """
    size = merkle_tree.grow(connection)
    keys = history.read(connection, key.verifier)
    last = latest(connection)
    notes = [Note.parse(last.note.encode())] if last else []
    for note in (*notes, *outside):
        require_extension(connection, keys, note, size)
    if keys.key_of(size) != key.verifier:
        raise RefusedError("key_replaced", key=key.verifier, by=keys.newest)
    if last is not None and last.size == size:
        return notes[0]
    root = merkle_tree.root(connection, size)
    note = sign_checkpoint(size, root, key)
    connection.execute(
        text("insert into events.signed_checkpoint (size, number, root, note) values (:size, :number, :root, :note)"),
        {"size": size, "number": last.number + 1 if last else 1, "root": root, "note": note.encode().decode()},
    )
    return note


def require_extension(connection: Connection, keys: History, note: Note, size: int) -> Checkpoint:
    """What a note signs, if the log's tree of `size` events extends it; raises as `sign_head` does."""
    try:
        signed, _ = keys.open(note)
    except NoteError:
        # It may be of a key that took over in events that this log has lost.
        signed = Checkpoint.parse(note.text)
        if signed.origin == keys.newest.name and signed.size > size:
            raise RefusedError("checkpoint_behind", signed=signed.size, head=size) from None
        raise
    if signed.size > size:
        raise RefusedError("checkpoint_behind", signed=signed.size, head=size)
    if signed.root != merkle_tree.root(connection, signed.size):
        raise RefusedError("checkpoint_forked", size=signed.size)
    return signed


def latest(connection: Connection) -> Stored | None:
    """The checkpoint signed last."""
    row = connection.exec_driver_sql(
        "select number, size, root, note from events.signed_checkpoint order by size desc limit 1"
    ).one_or_none()
    return Stored(row.number, row.size, bytes(row.root), row.note) if row else None


def add_cosignature(connection: Connection, size: int, line: str, witness: VerifierKey) -> Note:
    """Keep a witness's signature line under the checkpoint of `size`; a line that is kept already changes nothing.

    Raises `UsageError` (`checkpoint_unknown`), `NoteError` (`note_malformed`, `note_forged`, `note_unsigned`).
    """
    kept = connection.execute(
        text("select note from events.signed_checkpoint where size = :size for update"), {"size": size}
    ).scalar()
    if kept is None:
        raise UsageError("checkpoint_unknown", size=size)
    note, signature = Note.parse(kept.encode()), Signature.parse(line)
    verify(Note(note.text, (signature,)), [witness])
    if signature in note.signatures:
        return note
    cosigned = Note(note.text, (*note.signatures, signature))
    connection.execute(
        text("update events.signed_checkpoint set note = :note where size = :size"),
        {"note": cosigned.encode().decode(), "size": size},
    )
    return cosigned
