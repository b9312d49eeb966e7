"""Signing the head of the log; the newest checkpoint is kept outside the database, not to be lost with it."""

from pathlib import Path

from events import keys
from events.errors import NguonError
from events.files import put
from events.proof import signing
from events.proof.note import Note
from events.proof.signers import VerifierKey
from flows.context import Context
from flows.settings import Settings
from flows.verify import Keys


def sign(context: Context) -> Note:
    """The signed checkpoint of the whole log; signed anew only where something was recorded since the last.

    Raises what `signing.sign_head` and `keys.load_signing` do; NguonError `file_unwritable`.
    """
    key = keys.load_signing(context.settings.home / "keys")
    with context.engine.begin() as connection:
        note = signing.sign_head(connection, key)
    path = _file(context.settings)
    try:
        put(path, note.encode())
    except OSError as failure:
        raise NguonError("file_unwritable", path=path, reason=failure.strerror) from failure
    return note


def keys_of(context: Context, log: VerifierKey | None = None) -> Keys:
    """What this home knows of its log from outside the database; with `log`, it needs no signing key."""
    path = _file(context.settings)
    kept = Note.parse(path.read_bytes()) if path.exists() else None
    return Keys(
        log or keys.load_signing(context.settings.home / "keys").verifier,
        context.matching_key,
        context.keystore_if_any,
        kept=kept,
    )


def _file(settings: Settings) -> Path:
    return settings.home / "checkpoint"
