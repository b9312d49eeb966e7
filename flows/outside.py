"""What is known of the log outside its database: signed checkpoints in the home, and in folders of other machines.

A database can be set back, and all that it says with it. What was published before the answer went out cannot.
"""

import errno
import fcntl
import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from events.errors import NguonError, RefusedError
from events.files import make_private, put
from events.proof.checkpoint import Checkpoint
from events.proof.history import History
from events.proof.note import Note
from events.proof.signers import NoteError
from flows.settings import Settings

_NAME = re.compile(r"[0-9]{12,}\.checkpoint", re.ASCII)


class Published(NamedTuple):
    """A signed checkpoint and the file that it lies in."""

    path: Path
    note: Note


def folder(settings: Settings) -> Path:
    """Where the home keeps every checkpoint that was signed, by the number of events."""
    return settings.home / "checkpoints"


def places(settings: Settings, origin: str) -> list[Path]:
    """The home's folder, and in each folder that the settings name one for this log."""
    return [folder(settings), *(place / origin.replace("/", "_") for place in settings.checkpoint_folders)]


def newest(settings: Settings, origin: str) -> tuple[list[Published], list[NguonError]]:
    """The newest checkpoint of each place, and what kept a place other than the home from being looked at.

    Raises RefusedError `checkpoint_unreadable`; NguonError `file_unreadable` for the home.
    """
    found: list[Published] = []
    troubles: list[NguonError] = []
    for place in places(settings, origin):
        try:
            if place != folder(settings):  # a home that is still to be made has kept nothing
                _require_there(place)
            found += _newest(place)
        except OSError as failure:
            trouble = NguonError("checkpoints_closed", path=place, reason=failure.strerror)
            if place == folder(settings):
                raise trouble from None
            troubles.append(trouble)
    return found, troubles


def read(path: Path) -> Published:
    """A checkpoint in a file. Raises RefusedError `checkpoint_unreadable`, OSError."""
    try:
        note = Note.parse(path.read_bytes())
        Checkpoint.parse(note.text)
    except NoteError:
        raise RefusedError("checkpoint_unreadable", path=path) from None
    return Published(path, note)


@contextmanager
def publishing(settings: Settings) -> Iterator[None]:
    """One process at a time signs and publishes, so that what is published never goes back."""
    place = folder(settings)
    try:
        make_private(place)
        descriptor = os.open(place / ".lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as failure:
        raise NguonError("file_unwritable", path=place, reason=failure.strerror) from failure
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def publish(settings: Settings, note: Note, keys: History) -> list[NguonError]:
    """Write a checkpoint to every place, beside it the changes of keys; what kept it from a place that is not the home.

    A file that is there already is written again only where it says less: witnesses add to a checkpoint. Raises
    NguonError `file_unwritable` for the home.
    """
    size = Checkpoint.parse(note.text).size
    troubles: list[NguonError] = []
    for place in places(settings, keys.newest.name):
        written = {f"{size:012}.checkpoint": note, **{f"key-{each.number}.note": each.note for each in keys.changes}}
        try:
            _require_there(place)
            for name, content in written.items():
                path, encoded = place / name, content.encode()
                if not path.exists() or len(path.read_bytes()) < len(encoded):
                    put(path, encoded)
        except OSError as failure:
            trouble = NguonError("file_unwritable", path=place, reason=failure.strerror)
            if place == folder(settings):
                raise trouble from failure
            troubles.append(trouble)
    return troubles


def _require_there(place: Path) -> None:
    """What is to hold the folder has to be there already: a share that is not mounted is not made."""
    if not place.parent.is_dir():
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), place.parent)


def _newest(place: Path) -> Sequence[Published]:
    names = [name for name in os.listdir(place) if _NAME.fullmatch(name)] if place.is_dir() else []  # noqa: PTH208
    return [read(place / max(names, key=lambda name: int(name.partition(".")[0])))] if names else []
