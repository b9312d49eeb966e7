"""The secrets outside the database: the key that signs checkpoints and the key that matches people by HMAC.

Each is a line of text in a file of its own that nobody but its owner may touch, as it is or under a passphrase.
"""

import os
import secrets
import stat
from base64 import b64encode
from collections.abc import Sequence
from pathlib import Path
from tempfile import NamedTemporaryFile

from events import at_rest
from events.errors import NguonError, RefusedError, UsageError
from events.files import make_private, put, sync
from events.proof.signers import NoteError, SigningKey, VerifierKey, canonical_base64

SIGNING_FILE = "signing.key"
NEXT_FILE = "signing.key.next"
"""The signing key that is about to take over; without a word of it in the log, it never did."""
MATCHING_FILE = "matching.key"
MATCHING_SIZE = 32
_NOT_OWNER = stat.S_IRWXG | stat.S_IRWXO


def create(folder: Path, name: str, passphrase: str | None = None) -> VerifierKey:
    """Make both keys in `folder` (made if need be), readable by their owner only; answers with the public key.

    The signing key comes last: where only the matching key stands, an earlier run was cut short (or the signing
    key was lost), and the matching key is kept. Nothing is ever overwritten. Raises `RefusedError`:
    `key_exists`, and `key_exposed` when others may enter a folder that was there before; `UsageError`
    (`key_name_invalid`) for a name that notes can't carry; `NguonError` (`key_inaccessible`) when the disk refuses.
    """
    signing = SigningKey.generate(name)
    signing_path, matching_path = folder / SIGNING_FILE, folder / MATCHING_FILE
    try:
        make_private(folder)
        _refuse_exposed(folder, folder.stat())
        if signing_path.exists():
            raise RefusedError("key_exists", path=signing_path)
        if not matching_path.exists():
            write_new(matching_path, new_secret(), passphrase)
        write_new(signing_path, signing.encode(), passphrase)
    except OSError as error:
        raise NguonError("key_inaccessible", path=folder, reason=error.strerror) from None
    return signing.verifier


def new_secret() -> str:
    """A random secret of 32 bytes, as a file holds it."""
    return b64encode(secrets.token_bytes(MATCHING_SIZE)).decode()


def load_signing(folder: Path, passphrase: str | None = None) -> SigningKey:
    """The key that signs checkpoints.

    Raises `UsageError`: `key_missing`, and `key_locked` when it is under a passphrase and none is given;
    `RefusedError`: `key_exposed` when group or world may touch the file, `key_malformed`, `key_passphrase`;
    `NguonError` (`key_inaccessible`) when this account may not read it.
    """
    return _signing(folder / SIGNING_FILE, passphrase)


def load_matching(folder: Path, passphrase: str | None = None) -> bytes:
    """The 32 bytes for the HMAC by which people are matched; raises as `load_signing` does."""
    return load_secret(folder / MATCHING_FILE, passphrase)


def load_secret(path: Path, passphrase: str | None = None) -> bytes:
    """The 32 bytes that a file holds; raises as `load_signing` does."""
    key = canonical_base64(_read(path, passphrase))
    if key is None or len(key) != MATCHING_SIZE:
        raise RefusedError("key_malformed", path=path)
    return key


def read_secret(path: Path, passphrase: str | None = None) -> str:
    """The text of a file that its owner alone may touch; raises as `load_signing` does."""
    return _read(path, passphrase)


def prepare_next(folder: Path, passphrase: str | None = None) -> SigningKey:
    """The signing key that is to take over, kept beside the one of now; the one of an earlier try, if there is one."""
    path = folder / NEXT_FILE
    if not path.exists():
        key = SigningKey.generate(load_signing(folder, passphrase).name)
        try:
            write_new(path, key.encode(), passphrase)
        except OSError as error:
            raise NguonError("key_inaccessible", path=folder, reason=error.strerror) from None
    return _signing(path, passphrase)


def take_over(folder: Path, newest: VerifierKey, passphrase: str | None = None) -> SigningKey:
    """The signing key, after the next one has taken its place where the log says that it is the `newest`.

    The former secret is gone then. Raises as `load_signing` does.
    """
    key, path = load_signing(folder, passphrase), folder / NEXT_FILE
    if key.verifier == newest or not path.exists():
        return key
    coming = _signing(path, passphrase)
    if coming.verifier != newest:
        return key
    try:
        path.replace(folder / SIGNING_FILE)
        sync(folder)
    except OSError as error:
        raise NguonError("key_inaccessible", path=folder, reason=error.strerror) from None
    return coming


def protect(folder: Path, before: str | None, after: str | None) -> Sequence[Path]:
    """Put every secret under the passphrase `after`, or under none, instead of `before`; the files written anew.

    One file after the other: whoever is cut off does it again. Raises as `load_signing` does.
    """
    written = []
    like: str | None = None
    for path in sorted(folder.glob("*.key*")):
        kept = _kept(path)
        if after and at_rest.is_sealed(kept) and _opens(path, kept, after):
            like = like or kept
            continue
        text = _opened(path, kept, before)
        sealed = at_rest.seal(_bound(path), text, after, like) if after else text
        like = like or sealed
        try:
            put(path, f"{sealed}\n".encode())
        except OSError as error:
            raise NguonError("key_inaccessible", path=path, reason=error.strerror) from None
        written.append(path)
    return written


def replace_secret(path: Path, text: str, passphrase: str | None = None) -> None:
    """Put a new secret in the place of another. Raises OSError."""
    put(path, f"{_at_rest(path, text, passphrase)}\n".encode())


def write_new(path: Path, text: str, passphrase: str | None = None) -> None:
    """Write a secret that was not there before.

    Raises RefusedError `key_exists` where one is, and OSError.
    """
    # A link fails where the name is taken, also by another process a moment ago; a rename would replace the file.
    with NamedTemporaryFile(dir=path.parent, prefix=".") as file:
        file.write(f"{_at_rest(path, text, passphrase)}\n".encode())
        file.flush()
        os.fsync(file.fileno())
        try:
            os.link(file.name, path)
        except FileExistsError:
            raise RefusedError("key_exists", path=path) from None
    sync(path.parent)


def _at_rest(path: Path, text: str, passphrase: str | None) -> str:
    if not passphrase:
        return text
    # Under the salt of a neighbour: the passphrase then costs its time once for all of them.
    sealed = (
        one.read_bytes().decode(errors="replace").strip() for one in sorted(path.parent.glob("*.key")) if one.is_file()
    )
    return at_rest.seal(_bound(path), text, passphrase, next(filter(at_rest.is_sealed, sealed), None))


def _bound(path: Path) -> str:
    """The name that a sealed text is bound to: the next signing key becomes the signing key as it lies there."""
    return path.name.removesuffix(".next")


def _signing(path: Path, passphrase: str | None) -> SigningKey:
    try:
        return SigningKey.parse(_read(path, passphrase))
    except NoteError:
        raise RefusedError("key_malformed", path=path) from None


def _read(path: Path, passphrase: str | None) -> str:
    return _opened(path, _kept(path), passphrase)


def _opened(path: Path, text: str, passphrase: str | None) -> str:
    if not at_rest.is_sealed(text):
        return text
    if not passphrase:
        raise UsageError("key_locked", path=path)
    try:
        return at_rest.open_(_bound(path), text, passphrase)
    except at_rest.Unreadable:
        raise RefusedError("key_passphrase", path=path) from None


def _opens(path: Path, text: str, passphrase: str) -> bool:
    try:
        return bool(at_rest.open_(_bound(path), text, passphrase))
    except at_rest.Unreadable:
        return False


def _kept(path: Path) -> str:
    """What a secret's file holds, sealed or not."""
    try:
        with path.open("rb") as file:
            _refuse_exposed(path, os.fstat(file.fileno()))
            return file.read().decode().removesuffix("\n")
    except (FileNotFoundError, NotADirectoryError):
        raise UsageError("key_missing", path=path) from None
    except (IsADirectoryError, UnicodeDecodeError):
        raise RefusedError("key_malformed", path=path) from None
    except OSError as error:
        raise NguonError("key_inaccessible", path=path, reason=error.strerror) from None


def _refuse_exposed(path: Path, status: os.stat_result) -> None:
    if status.st_mode & _NOT_OWNER:
        raise RefusedError("key_exposed", path=path, mode=f"{stat.S_IMODE(status.st_mode):04o}")
