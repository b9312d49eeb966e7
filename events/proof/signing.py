"""Signed checkpoints of the log: made, kept, and handed to witnesses who cosign them."""

from typing import NamedTuple

from sqlalchemy import Connection, text

from events.errors import RefusedError, UsageError
from events.proof import merkle_tree
from events.proof.checkpoint import open_checkpoint, sign_checkpoint
from events.proof.note import Note, Signature, verify
from events.proof.signers import SigningKey, VerifierKey


class Stored(NamedTuple):
    """A row of the signed checkpoints, as it stands and without belief in it."""

    number: int
    size: int
    root: bytes
    note: str


def sign_head(connection: Connection, key: SigningKey) -> Note:
    """Grow the tree to the head, and sign and keep its checkpoint; a size that is signed already is not signed twice.

    Inside the caller's transaction, which must be READ COMMITTED. Raises `RefusedError` (`checkpoint_inconsistent`)
    when the tree does not extend what was signed last, and what `merkle_tree.grow` and `open_checkpoint` raise.
    """
    size = merkle_tree.grow(connection)
    last = latest(connection)
    if last is not None:
        note = Note.parse(last.note.encode())
        signed, _ = open_checkpoint(note, key.verifier)
        if signed.size > size or signed.root != merkle_tree.root(connection, signed.size):
            raise RefusedError("checkpoint_inconsistent", size=signed.size)
        if signed.size == size:
            return note
    root = merkle_tree.root(connection, size)
    note = sign_checkpoint(size, root, key)
    connection.execute(
        text("insert into events.signed_checkpoint (size, number, root, note) values (:size, :number, :root, :note)"),
        {"size": size, "number": last.number + 1 if last else 1, "root": root, "note": note.encode().decode()},
    )
    return note


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
