"""The two secrets outside the database: the key that signs checkpoints and the key that matches people by HMAC."""

import os
import secrets
import stat
from base64 import b64encode
from pathlib import Path
from tempfile import NamedTemporaryFile

from events.errors import NguonError, RefusedError, UsageError
from events.files import make_private
from events.proof.signers import NoteError, SigningKey, VerifierKey, canonical_base64

SIGNING_FILE = "signing.key"
MATCHING_FILE = "matching.key"
MATCHING_SIZE = 32
_NOT_OWNER = stat.S_IRWXG | stat.S_IRWXO


def create(folder: Path, name: str) -> VerifierKey:
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
            _write_new(matching_path, b64encode(secrets.token_bytes(MATCHING_SIZE)).decode())
        _write_new(signing_path, signing.encode())
    except OSError as error:
        raise NguonError("key_inaccessible", path=folder, reason=error.strerror) from None
    return signing.verifier


def load_signing(folder: Path) -> SigningKey:
    """The key that signs checkpoints.

    Raises `UsageError` (`key_missing`) and `RefusedError`: `key_exposed` when group or world may touch the file,
    `key_malformed`; `NguonError` (`key_inaccessible`) when this account may not read it.
    """
    path = folder / SIGNING_FILE
    try:
        return SigningKey.parse(_read(path))
    except NoteError:
        raise RefusedError("key_malformed", path=path) from None


def load_matching(folder: Path) -> bytes:
    """The 32 bytes for the HMAC by which people are matched; raises as `load_signing` does."""
    path = folder / MATCHING_FILE
    key = canonical_base64(_read(path))
    if key is None or len(key) != MATCHING_SIZE:
        raise RefusedError("key_malformed", path=path)
    return key


def read_secret(path: Path) -> str:
    """The text of a file that its owner alone may touch; raises as `load_signing` does."""
    return _read(path)


def _read(path: Path) -> str:
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


def _write_new(path: Path, text: str) -> None:
    # A link fails where the name is taken, also by another process a moment ago; a rename would replace the file.
    with NamedTemporaryFile(dir=path.parent, prefix=".") as file:
        file.write(f"{text}\n".encode())
        file.flush()
        os.fsync(file.fileno())
        try:
            os.link(file.name, path)
        except FileExistsError:
            raise RefusedError("key_exists", path=path) from None
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
