"""The receipt of a submission, made with the log's key or without it, and what ties it to the branch's own file."""

from sqlalchemy.exc import ProgrammingError

from events import vault
from events.proof import receipt
from events.proof.note import Note
from events.proof.signers import SigningKey
from flows.context import Context


def make(context: Context, submission: str, note: Note, key: SigningKey | None) -> bytes:
    """The receipt of a submission under a signed checkpoint, whole by the log's key; raises as `receipt.make` does."""
    file = opening(context, submission)
    with context.engine.connect() as connection:
        return receipt.make(connection, submission, note, key, file)


def opening(context: Context, submission: str) -> receipt.Opening | None:
    """What opens the commitment to a submission's file; None once it is erased, and for who may not read the vault."""
    store = context.keystore_if_any
    if store is None:
        return None
    try:
        with context.engine.connect() as connection:
            found = vault.file_opened(connection, store, submission)
    except ProgrammingError:
        return None
    return receipt.Opening(found[0], found[1].salt) if found else None
