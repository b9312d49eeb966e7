"""By which key people and files are known again where another takes over: the log says which, by its check."""

import hmac
from base64 import b64decode, b64encode
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import Connection

from events import keys
from events.errors import RefusedError, TransientError
from events.log.read import read
from events.types.keys import SecretKeyChanged
from events.vault import tombstones

NEXT_FILE = f"{keys.MATCHING_FILE}.next"
"""The key that is about to take over."""
MARKS_FILE = "marks.key"
"""The keys that former matching keys gave to marks of the erased, oldest first, a line each."""
STREAM = "key-matching"


def check_of(key: bytes) -> str:
    """By what a key is known that is not to be told: 64 hexadecimal digits."""
    return hmac.new(key, b"nguon matching key", "sha256").hexdigest()


def recorded(connection: Connection) -> str | None:
    """The check of the key that took over last, as the log tells; None where none ever did."""
    said = [event.payload for event in read(connection, stream=STREAM)]
    return next((each.check for each in reversed(said) if isinstance(each, SecretKeyChanged)), None)


def require(connection: Connection, key: bytes) -> None:
    """Raise TransientError `matching_key_changed` where another key took over since this one was read."""
    if (check := recorded(connection)) is not None and check != check_of(key):
        raise TransientError("matching_key_changed")


def prepare_next(folder: Path, passphrase: str | None) -> bytes:
    """The key that is to take over, kept beside the one of now; the one of an earlier try, if there is one."""
    path = folder / NEXT_FILE
    if not path.exists():
        keys.write_new(path, keys.new_secret(), passphrase)
    return keys.load_secret(path, passphrase)


def keep_marks(folder: Path, passphrase: str | None, key: bytes) -> None:
    """Keep the key that a matching key gives to marks, for when it is gone. Doing it again changes nothing."""
    kept = former_marks(folder, passphrase)
    if (own := tombstones.key_of(key)) not in kept:
        lines = b"\n".join(map(b64encode, [*kept, own])).decode()
        keys.replace_secret(folder / MARKS_FILE, lines, passphrase)


def former_marks(folder: Path, passphrase: str | None) -> Sequence[bytes]:
    """The keys of marks that former matching keys gave. Raises as `keys.read_secret` does."""
    path = folder / MARKS_FILE
    if not path.exists():
        return ()
    try:
        return [b64decode(line, validate=True) for line in keys.read_secret(path, passphrase).split("\n")]
    except ValueError:
        raise RefusedError("key_malformed", path=path) from None


def take_over(folder: Path, connection: Connection, passphrase: str | None) -> bytes:
    """The matching key, after the next one has taken its place where the log says so.

    Raises as `keys.load_matching` does.
    """
    key, path = keys.load_matching(folder, passphrase), folder / NEXT_FILE
    if not path.exists():
        return key
    try:
        coming = keys.load_secret(path, passphrase)
        if recorded(connection) != check_of(coming):
            return key
        path.replace(folder / keys.MATCHING_FILE)
    except FileNotFoundError:  # another process was faster
        return keys.load_matching(folder, passphrase)
    return coming
