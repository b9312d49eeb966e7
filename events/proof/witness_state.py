"""A witness's own folder: its key, and of each log the checkpoint that it cosigned last.

witness.key                  the secret, readable by its owner only
lock                         held while a checkpoint is judged and kept
logs/<origin hash>           the checkpoint cosigned last, with the log's signature and the witness's own
contradictions/<hash>        checkpoints with a trusted signature that were not proven to extend what was seen
"""

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path

from events import keys
from events.errors import NguonError, RefusedError, UsageError
from events.files import make_private, put, sync
from events.proof import witness
from events.proof.checkpoint import Checkpoint
from events.proof.note import Note, Signature, verify
from events.proof.signers import NoteError, VerifierKey, WitnessKey

KEY_FILE = "witness.key"
_CONTRADICTIONS = 1000
"""How many contradicting checkpoints are kept: enough to prove a lie, too few to fill a disk."""


class WitnessState:
    """The folder of a witness. Any number of threads and processes may use it at once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.key = load_key(folder)

    def add_checkpoint(self, body: bytes, known: witness.Known, now: Callable[[], float] = time.time) -> Signature:
        """Judge a request, keep its checkpoint durably, and only then cosign it.

        Under the folder's lock from reading what was seen to keeping what is new, so that no two checkpoints are
        cosigned for one old size. Raises `witness.Refused`; RefusedError `witness_state_damaged`; OSError.
        """
        request = witness.parse_request(body)
        witness.trusted(request, known)
        origin = request.checkpoint.origin
        try:
            with self._alone():
                witness.consistent(request, self.seen(origin))
                line = witness.cosignature(request.note.text, self.key, int(now()))
                put(self._log(origin), witness.kept(request, known, line).encode())
        except witness.Refused as refused:
            if refused.signed is not None:
                self._keep_contradiction(refused.signed)
            raise
        return line

    def seen(self, origin: str) -> Checkpoint | None:
        """The checkpoint of a log that was cosigned last; raises RefusedError `witness_state_damaged`."""
        note = self.note(witness.origin_hash(origin))
        return Checkpoint.parse(note.text) if note else None

    def note(self, origin_hash: str) -> Note | None:
        """The note that was cosigned last, by the hash of its origin; raises RefusedError `witness_state_damaged`.

        What bears no cosignature of this witness's key is never taken for its memory, nor is it taken for nothing.
        """
        path = self.folder / "logs" / origin_hash
        try:
            note = Note.parse(path.read_bytes())
            verify(note, [self.key.verifier])
            if witness.origin_hash(Checkpoint.parse(note.text).origin) != origin_hash:
                raise NoteError("note_malformed", part="origin")
        except FileNotFoundError:
            # It is there from the day on which the key was made: without it, all is forgotten, not nothing seen.
            if not path.parent.is_dir():
                raise RefusedError("witness_state_damaged", path=path.parent) from None
            return None
        except NoteError:
            raise RefusedError("witness_state_damaged", path=path) from None
        return note

    def require_readable(self, known: witness.Known) -> None:
        """Require that what is remembered of known logs can be read; raises RefusedError `witness_state_damaged`."""
        for origin in known:
            self.seen(origin)

    def _log(self, origin: str) -> Path:
        return self.folder / "logs" / witness.origin_hash(origin)

    def _keep_contradiction(self, note: Note) -> None:
        folder = self.folder / "contradictions"
        with suppress(OSError):  # what is refused is refused also where the disk is full
            make_private(folder)
            if len(list(folder.iterdir())) < _CONTRADICTIONS:
                put(folder / sha256(note.encode()).hexdigest(), note.encode())

    @contextmanager
    def _alone(self) -> Iterator[None]:
        # Opened anew each time: the lock belongs to what was opened, so threads exclude each other too.
        opened = os.open(self.folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(opened, fcntl.LOCK_EX)
            yield
        finally:
            os.close(opened)


def create_key(folder: Path, name: str) -> VerifierKey:
    """Make a witness's folder and its key, which is never overwritten; its public half.

    Raises RefusedError `key_exists`; UsageError `key_name_invalid`; NguonError `key_inaccessible`.
    """
    key = WitnessKey.generate(name)
    path = folder / KEY_FILE
    try:
        make_private(folder / "logs")
        sync(folder)
        keys.write_new(path, key.encode())
    except OSError as error:
        raise NguonError("key_inaccessible", path=folder, reason=error.strerror) from None
    return key.verifier


def load_key(folder: Path) -> WitnessKey:
    """The key of a witness. Raises UsageError `witness_missing`; RefusedError `key_malformed`, `key_exposed`.

    Also NguonError `key_inaccessible` where this account may not read it.
    """
    path = folder / KEY_FILE
    try:
        return WitnessKey.parse(keys.read_secret(path))
    except UsageError:
        raise UsageError("witness_missing", path=path) from None
    except NoteError:
        raise RefusedError("key_malformed", path=path) from None
