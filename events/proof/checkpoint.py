"""C2SP tlog-checkpoint: the signed note that states a log's origin, size and root."""

import re
from base64 import b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from events.proof.merkle import HASH_SIZE
from events.proof.note import Note, sign, verify
from events.proof.signers import KeyKind, NoteError, SigningKey, VerifierKey, canonical_base64, cosigned_at

_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The head of a tree: `size` leaves, `root` of 32 bytes; `extensions` are lines that we keep and never write."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a note's text; raises `NoteError` (`note_malformed`)."""
        match text.split("\n"):
            case [origin, size, root, *extensions, ""] if origin and all(extensions):
                decoded = canonical_base64(root)
                if not _SIZE.fullmatch(size):
                    raise NoteError("note_malformed", part="size")
                if decoded is None or len(decoded) != HASH_SIZE:
                    raise NoteError("note_malformed", part="root")
                return cls(origin, int(size), decoded, tuple(extensions))
        raise NoteError("note_malformed", part="text")

    @property
    def text(self) -> str:
        """The note's text, with the newline at its end."""
        return "\n".join([self.origin, str(self.size), b64encode(self.root).decode(), *self.extensions, ""])


def sign_checkpoint(size: int, root: bytes, key: SigningKey) -> Note:
    """State that the log named as the key has `size` leaves under `root` (32 bytes)."""
    return sign(Checkpoint(key.name, size, root).text, key)


def open_checkpoint(
    note: Note, log: VerifierKey, witnesses: Iterable[VerifierKey] = ()
) -> tuple[Checkpoint, dict[VerifierKey, int]]:
    """The checkpoint, proven to be the log's own, and the known witnesses that cosigned it, with their times.

    Times are seconds since 1970 (UTC). Raises `NoteError`: as `verify` does, `note_unsigned` also when only
    witnesses signed, `note_malformed`, and `checkpoint_origin` when the text speaks of another log.
    """
    verified = verify(note, [*witnesses, log])
    if log not in verified:
        raise NoteError("note_unsigned")
    checkpoint = Checkpoint.parse(note.text)
    if checkpoint.origin != log.name:
        raise NoteError("checkpoint_origin", expected=log.name, found=checkpoint.origin)
    times = {key: cosigned_at(line.value) for key, line in verified.items() if key.kind is KeyKind.COSIGNATURE}
    return checkpoint, times


def cosigned(note: Note, log: VerifierKey, witnesses: Iterable[VerifierKey], required: int) -> Checkpoint:
    """The checkpoint, proven to be the log's own and cosigned by at least `required` of the known witnesses.

    Raises as `open_checkpoint` does; `NoteError` (`note_uncosigned`) with how many cosigned, of how many.
    """
    known = set(witnesses)
    checkpoint, times = open_checkpoint(note, log, known)
    if len(times) < required:
        raise NoteError("note_uncosigned", size=checkpoint.size, count=len(times), of=len(known), required=required)
    return checkpoint
