"""Signing the head of the log, and keeping the newest checkpoint outside the database, where it cannot be lost with it."""

import os
from pathlib import Path
from tempfile import NamedTemporaryFile

from events import keys, signing
from events.errors import NguonError
from events.note import Note
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
    _keep(_file(context.settings), note)
    return note


def keys_of(context: Context) -> Keys:
    """What this home knows of its log from outside the database."""
    path = _file(context.settings)
    kept = Note.parse(path.read_bytes()) if path.exists() else None
    return Keys(keys.load_signing(context.settings.home / "keys").verifier, context.matching_key, kept)


def _file(settings: Settings) -> Path:
    return settings.home / "checkpoint"


def _keep(path: Path, note: Note) -> None:
    try:
        with NamedTemporaryFile(dir=path.parent, prefix=".checkpoint") as file:
            file.write(note.encode())
            file.flush()
            os.fsync(file.fileno())
            os.replace(file.name, path)
            file.delete = False
    except OSError as failure:
        raise NguonError("file_unwritable", path=path, reason=failure.strerror) from failure
