"""Ed25519 keys of C2SP signed notes: of logs and of witnesses, to sign and to verify."""

import re
import secrets
from base64 import b64decode, b64encode
from dataclasses import dataclass, field
from enum import IntEnum
from hashlib import sha256
from typing import ClassVar, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from events.errors import RefusedError, UsageError

KEY_NAME = re.compile(r"[^\s+\x00-\x1f\ud800-\udfff]+")
_ORIGIN = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+(/[A-Za-z0-9._~-]+)*")
_MAX_TIMESTAMP = 2**63 - 1


def new_origin() -> str:
    """A log's name that no other has, for one that was given none: a URL without a scheme, as C2SP tlog-tiles asks."""
    return f"nguon.invalid/{secrets.token_hex(8)}"


def require_origin(origin: str) -> None:
    """Raise `UsageError` (`origin_invalid`) unless a log's name is a URL without a scheme."""
    if len(origin) > 200 or not _ORIGIN.fullmatch(origin):
        raise UsageError("origin_invalid", origin=origin)


class NoteError(RefusedError):
    """A note or key that is not of the C2SP form, or whose signatures do not verify."""


class KeyKind(IntEnum):
    """Signature type bytes: what a key signs."""

    ED25519 = 1
    """The text of the note."""
    COSIGNATURE = 4
    """The text after a `cosignature/v1` header with the time: a witness."""


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A public key (32 bytes) under a name; its string is the vkey `name+hash+base64(kind || public)`."""

    name: str
    public: bytes
    kind: KeyKind = KeyKind.ED25519

    @classmethod
    def parse(cls, vkey: str) -> Self:
        """Read a vkey of a log or a witness; raises `NoteError` (`verifier_malformed`)."""
        name, hashed, material = _split_key(vkey, "verifier_malformed")
        if material[0] not in list(KeyKind):
            raise NoteError("verifier_malformed")
        key = cls(name, material[1:], KeyKind(material[0]))
        if key.key_id.hex() != hashed:
            raise NoteError("verifier_malformed")
        return key

    def __str__(self) -> str:
        return f"{self.name}+{self.key_id.hex()}+{b64encode(bytes([self.kind]) + self.public).decode()}"

    @property
    def key_id(self) -> bytes:
        """SHA-256(name || newline || kind || public), its first 4 bytes."""
        return sha256(self.name.encode() + b"\n" + bytes([self.kind]) + self.public).digest()[:4]

    def verifies(self, text: str, value: bytes) -> bool:
        """Whether `value`, from a signature line that names this key, is its signature of the note's text."""
        message = text.encode()
        if self.kind is KeyKind.COSIGNATURE:
            time = cosigned_at(value)
            if not 0 < time <= _MAX_TIMESTAMP:
                return False
            message, value = _cosigned(text, time), value[8:]
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(value, message)
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True, slots=True)
class _Secret:
    """An Ed25519 secret (32 bytes) under a name. Its representation never shows the secret; `encode` does."""

    kind: ClassVar[KeyKind]
    name: str
    secret: bytes = field(repr=False)

    @classmethod
    def generate(cls, name: str) -> Self:
        """A new key; raises `UsageError` (`key_name_invalid`) when the name is empty or has spaces or `+`."""
        if not KEY_NAME.fullmatch(name):
            raise UsageError("key_name_invalid", name=name)
        return cls(name, Ed25519PrivateKey.generate().private_bytes_raw())

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `PRIVATE+KEY+name+hash+base64(kind || secret)`; raises `NoteError` (`signer_malformed`)."""
        name, _, material = _split_key(text.removeprefix("PRIVATE+KEY+"), "signer_malformed")
        key = cls(name, material[1:])
        if key.encode() != text:
            raise NoteError("signer_malformed")
        return key

    def encode(self) -> str:
        """The secret in the form that `parse` reads."""
        material = b64encode(bytes([self.kind]) + self.secret).decode()
        return f"PRIVATE+KEY+{self.name}+{self.verifier.key_id.hex()}+{material}"

    @property
    def verifier(self) -> VerifierKey:
        """The public half, to give away."""
        return VerifierKey(self.name, self._private().public_key().public_bytes_raw(), self.kind)

    def _private(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.secret)


@dataclass(frozen=True, slots=True)
class SigningKey(_Secret):
    """The key of a log, which signs its checkpoints."""

    kind = KeyKind.ED25519

    def sign(self, text: str) -> bytes:
        """The 64-byte signature of a note's text."""
        return self._private().sign(text.encode())


@dataclass(frozen=True, slots=True)
class WitnessKey(_Secret):
    """The key of a witness, which cosigns checkpoints and nothing else."""

    kind = KeyKind.COSIGNATURE

    def cosign(self, text: str, time: int) -> bytes:
        """The `cosignature/v1` of a note's text at a time in seconds since 1970 (UTC): 8 bytes of time, 64 signed."""
        return time.to_bytes(8) + self._private().sign(_cosigned(text, time))


def _cosigned(text: str, time: int) -> bytes:
    return f"cosignature/v1\ntime {time}\n{text}".encode()


def cosigned_at(value: bytes) -> int:
    """Seconds since 1970 (UTC) in the value of a witness's signature line."""
    return int.from_bytes(value[:8])


def canonical_base64(text: str) -> bytes | None:
    """Decode standard base64, or nothing unless the text is the one and only encoding of its bytes."""
    try:
        decoded = b64decode(text, validate=True)
    except ValueError:
        return None
    return decoded if b64encode(decoded).decode() == text else None


def _split_key(text: str, error: str) -> tuple[str, str, bytes]:
    match text.split("+", 2):
        case [name, hashed, encoded] if KEY_NAME.fullmatch(name):
            material = canonical_base64(encoded)
            if material and len(material) == 33:
                return name, hashed, material
    raise NoteError(error)
