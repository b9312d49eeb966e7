"""C2SP signed notes: a text with signature lines below it."""

import re
from base64 import b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from events.proof.signers import KEY_NAME, NoteError, SigningKey, VerifierKey, canonical_base64

MAX_SIGNATURES = 100
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature line; `key_id` has 4 bytes, `value` is what the key's kind says (opaque for unknown keys)."""

    name: str
    key_id: bytes
    value: bytes

    @classmethod
    def parse(cls, line: str) -> Self:
        """Read `— name base64(key id || value)`, without the newline; raises `NoteError` (`note_malformed`)."""
        match line.split(" "):
            case ["—", name, encoded] if KEY_NAME.fullmatch(name):
                decoded = canonical_base64(encoded)
                if decoded and len(decoded) > 4:
                    return cls(name, decoded[:4], decoded[4:])
        raise NoteError("note_malformed", part="signature")

    def __str__(self) -> str:
        return f"— {self.name} {b64encode(self.key_id + self.value).decode()}"


@dataclass(frozen=True, slots=True)
class Note:
    """A text that ends in a newline, and its signatures, those of unknown keys among them."""

    text: str
    signatures: tuple[Signature, ...]

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """Read a signed note without believing it; raises `NoteError` (`note_malformed`)."""
        try:
            whole = data.decode()
        except UnicodeDecodeError:
            raise NoteError("note_malformed", part="utf-8") from None
        body, blank, below = whole.rpartition("\n\n")
        lines = below.split("\n")
        if not blank or _CONTROL.search(whole):
            raise NoteError("note_malformed", part="text")
        if not 2 <= len(lines) <= MAX_SIGNATURES + 1 or lines.pop():
            raise NoteError("note_malformed", part="signature")
        return cls(body + "\n", tuple(Signature.parse(line) for line in lines))

    def encode(self) -> bytes:
        """The note as it is stored and served."""
        return "".join([self.text, "\n", *(f"{signature}\n" for signature in self.signatures)]).encode()


def sign(text: str, key: SigningKey) -> Note:
    """A note with one signature; raises `NoteError` (`note_malformed`) for a text without a newline at its end."""
    if not text.endswith("\n") or _CONTROL.search(text):
        raise NoteError("note_malformed", part="text")
    return Note(text, (Signature(key.name, key.verifier.key_id, key.sign(text)),))


def verify(note: Note, keys: Iterable[VerifierKey]) -> dict[VerifierKey, Signature]:
    """The known keys that signed the note, each with its (first) signature; lines of unknown keys are passed over.

    Raises `NoteError`: `note_forged` when a line of a known key does not verify, `note_unsigned` when no known key
    signed.
    """
    known = {(key.name, key.key_id): key for key in keys}
    verified: dict[VerifierKey, Signature] = {}
    for signature in note.signatures:
        key = known.get((signature.name, signature.key_id))
        if key is None:
            continue
        if not key.verifies(note.text, signature.value):
            raise NoteError("note_forged", name=key.name)
        verified.setdefault(key, signature)
    if not verified:
        raise NoteError("note_unsigned")
    return verified
