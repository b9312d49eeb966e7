"""A secret's text under a passphrase: scrypt (RFC 7914) makes the key, AES-256-GCM seals the text.

`ENCRYPTED+scrypt+base64(salt || nonce || sealed)`: a salt of 16 bytes, a nonce of 12, and the file's name bound in.
"""

import os
from base64 import b64encode
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from events.proof.signers import canonical_base64

PREFIX = "ENCRYPTED+scrypt+"
_SALT, _NONCE = 16, 12
_COST = 1 << 15
"""A tenth of a second and 32 MiB for each guess."""


class Unreadable(ValueError):
    """The text is not of this form, or it is under another passphrase."""


def is_sealed(text: str) -> bool:
    """Whether a text is under a passphrase."""
    return text.startswith(PREFIX)


def seal(name: str, text: str, passphrase: str, like: str | None = None) -> str:
    """A text under a passphrase, for the file `name`.

    With the salt of `like`, a text sealed before, one key opens both, and making it takes its time only once.
    """
    salt = _parts(like)[0] if like and is_sealed(like) else os.urandom(_SALT)
    nonce = os.urandom(_NONCE)
    sealed = AESGCM(_key(passphrase, salt)).encrypt(nonce, text.encode(), name.encode())
    return PREFIX + b64encode(salt + nonce + sealed).decode()


def open_(name: str, sealed: str, passphrase: str) -> str:
    """The text of a file `name`; raises `Unreadable`."""
    salt, nonce, content = _parts(sealed)
    try:
        return AESGCM(_key(passphrase, salt)).decrypt(nonce, content, name.encode()).decode()
    except (InvalidTag, UnicodeDecodeError):
        raise Unreadable from None


def _parts(sealed: str) -> tuple[bytes, bytes, bytes]:
    joined = canonical_base64(sealed.removeprefix(PREFIX))
    if joined is None or len(joined) < _SALT + _NONCE + 16:
        raise Unreadable
    return joined[:_SALT], joined[_SALT : _SALT + _NONCE], joined[_SALT + _NONCE :]


@lru_cache(maxsize=8)
def _key(passphrase: str, salt: bytes) -> bytes:
    return Scrypt(salt=salt, length=32, n=_COST, r=8, p=1).derive(passphrase.encode())
