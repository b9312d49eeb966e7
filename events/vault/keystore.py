"""The key store: a data key for each person and each submission, in a file where a key can be destroyed for certain.

Why a file: a database keeps dead rows, a write-ahead log, base backups and standbys for longer than any promise, and
rewriting a whole table forgets none of these. Here a key has one place of fixed size, which is overwritten and synced.
Each key is wrapped by AES-256-GCM under the master key, bound to its owner and its place. Both files are the home's.

Order: a key is synced here before the transaction that uses it commits, so what is committed always has its key; a
key is overwritten after the transaction that gave it up committed, and the database names it until that is done. A slot
whose transaction was rolled back is of nobody, and harmless.

What is beyond it: disks that copy on write or remap (SSDs, snapshots, ZFS, btrfs) may keep the block that was
overwritten, and a backup of this folder keeps the keys for as long as the backup is kept. A copy of the store is
useless without the master key, so keep backups of these two apart.
"""

import fcntl
import os
import secrets
from base64 import b64decode, b64encode
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from threading import RLock
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from events.errors import NguonError, RefusedError, UsageError
from events.files import make_private, put, remove, sync
from events.ids import new_id
from events.keys import read_secret, replace_secret

MASTER_FILE, STORE_FILE, LOCK_FILE = "vault.key", "vault.store", "vault.lock"
PART_FILE = f".{STORE_FILE}.part"
"""The store that a rotation writes, until it takes the place of the one before."""

KEY_SIZE, NONCE_SIZE, TAG_SIZE = 32, 12, 16
SLOT_SIZE = 16 + NONCE_SIZE + KEY_SIZE + TAG_SIZE
"""Owner's id, nonce, wrapped key with its tag; zeros once destroyed. The first slot is of nobody: it tells the master
key by which the store opens."""

_NOBODY = b"nguon vault v1\0\0"
_WIPED = bytes(SLOT_SIZE)
_AT_A_TIME = 10_000
"""Slots in memory at a time."""


class Unreadable(Exception):
    """Something sealed does not open with this key under this label."""


class DataKey:
    """A key of 256 bits with its owner (a subject or a submission) and its place in the store.

    What is sealed is nonce || AES-256-GCM(content), bound to a label: whose it is, or where it stands.
    """

    __slots__ = ("_cipher", "owner", "slot")

    def __init__(self, owner: str, slot: int, key: bytes) -> None:
        self.owner, self.slot, self._cipher = owner, slot, AESGCM(key)

    def seal(self, label: str, content: bytes) -> bytes:
        """Content encrypted under a random nonce."""
        nonce = os.urandom(NONCE_SIZE)
        return nonce + self._cipher.encrypt(nonce, content, label.encode())

    def open(self, label: str, sealed: bytes) -> bytes:
        """The content. Raises Unreadable."""
        view = memoryview(sealed)
        try:
            return self._cipher.decrypt(view[:NONCE_SIZE], view[NONCE_SIZE:], label.encode())
        except (InvalidTag, ValueError):
            raise Unreadable from None


def create(folder: Path, passphrase: str | None = None) -> None:
    """Make the master key, under a passphrase if there is one, and an empty store; what is in `folder` already stays.

    Raises as opening does, where there is one: `UsageError` `key_missing` if its master key was lost.
    """
    make_private(folder)
    with _locked(folder):
        if exists(folder):
            KeyStore(folder, passphrase).close()
            _settle(folder, passphrase)
            return
        if not (folder / MASTER_FILE).exists():
            _put_masters(folder, [secrets.token_bytes(KEY_SIZE)], passphrase)
        # The store comes last: where only the master key stands, an earlier run was cut short.
        (master, *_) = _masters(folder, passphrase)
        put(folder / STORE_FILE, _slot(AESGCM(master), 0, _NOBODY, secrets.token_bytes(KEY_SIZE)))


def exists(folder: Path) -> bool:
    """Whether there is a store."""
    return (folder / STORE_FILE).exists()


class KeyStore:
    """The store of a home, opened. Safe to be used by several threads, and by several processes at once."""

    def __init__(self, folder: Path, passphrase: str | None = None) -> None:
        """Open it; raises `RefusedError` `vault_key_wrong`, and what `keys.read_secret` does."""
        self._folder, self._passphrase = folder, passphrase
        self._mutex = RLock()
        self._fresh: list[DataKey] = []
        self._file = -1
        self._open()

    def reserve(self, count: int) -> None:
        """Have at least so many new keys at hand, durable once this returns: one sync for all of them."""
        with self._mutex:
            if (lacking := count - len(self._fresh)) > 0:
                self._fresh += self._append([new_id() for _ in range(lacking)])

    def new(self) -> DataKey:
        """A new key for a new owner, whose id comes with it."""
        with self._mutex:
            if not self._fresh:
                self.reserve(1)
            return self._fresh.pop()

    def fresh(self, owners: Sequence[str]) -> list[DataKey]:
        """Another key for each of those who have an id already."""
        with self._mutex:
            return self._append(owners) if owners else []

    def keys(self, slots: Mapping[str, int]) -> dict[str, DataKey]:
        """The key of each owner, by owner: from the owner's slot. Those whose key is gone are left out."""
        found = {owner: self.key(owner, slot) for owner, slot in slots.items()}
        return {owner: key for owner, key in found.items() if key}

    def key(self, owner: str, slot: int) -> DataKey | None:
        """The key in a slot; None where it was destroyed, or where it is not this owner's."""
        with self._mutex:
            key = self._unwrapped(owner, slot)
            if key is None and self._replaced():
                key = self._unwrapped(owner, slot)
            return key

    def owners(self) -> Iterator[tuple[int, str]]:
        """Every slot that was not destroyed, and whose it says that it is."""
        for start, chunk in self._chunks():
            for number in range(len(chunk) // SLOT_SIZE):
                slot = chunk[number * SLOT_SIZE : (number + 1) * SLOT_SIZE]
                if start + number and slot != _WIPED:
                    yield start + number, str(UUID(bytes=slot[:16]))

    def destroy(self, slots: Collection[int]) -> None:
        """Overwrite slots with zeros; durable once this returns. Doing it again changes nothing.

        What a rotation that was cut off left of keys goes as well.
        """
        if not slots:
            return
        with self._mutex, _locked(self._folder):
            self._replaced()
            _settle(self._folder, self._passphrase)
            size = os.fstat(self._file).st_size
            for slot in slots:
                if slot > 0 and (slot + 1) * SLOT_SIZE <= size:
                    os.pwrite(self._file, _WIPED, slot * SLOT_SIZE)
            os.fdatasync(self._file)

    def destroyed(self, slot: int) -> bool:
        """Whether a slot holds no key (any more)."""
        found = os.pread(self._file, SLOT_SIZE, slot * SLOT_SIZE)
        return len(found) < SLOT_SIZE or found == _WIPED

    def close(self) -> None:
        """Close the file."""
        with self._mutex:
            if self._file >= 0:
                os.close(self._file)
                self._file = -1

    def __del__(self) -> None:
        """A store that nobody uses any more keeps no file open."""
        self.close()

    def _open(self) -> None:
        path = self._folder / STORE_FILE
        masters = _masters(self._folder, self._passphrase)
        try:
            file = os.open(path, os.O_RDWR | os.O_CLOEXEC)
        except FileNotFoundError:
            raise UsageError("key_missing", path=path) from None
        except OSError as error:
            raise NguonError("key_inaccessible", path=path, reason=error.strerror) from None
        self.close()
        self._file = file
        for master in masters:
            self._wrapping = AESGCM(master)
            if self._unwrap(0, _NOBODY) is not None:
                return
        raise RefusedError("vault_key_wrong", path=self._folder / MASTER_FILE, store=path)

    def _replaced(self) -> bool:
        """Whether another store took this one's place, as by a rotation; then that one is open."""
        there, ours = (self._folder / STORE_FILE).stat(), os.fstat(self._file)
        if (there.st_dev, there.st_ino) == (ours.st_dev, ours.st_ino):
            return False
        self._open()
        return True

    def _append(self, owners: Sequence[str]) -> list[DataKey]:
        made = []
        with _locked(self._folder):
            self._replaced()
            # A tail that an earlier run left torn is nobody's: the next slot begins where a whole one would.
            first = -(-os.fstat(self._file).st_size // SLOT_SIZE)
            waiting, place = iter(enumerate(owners, start=first)), first
            while batch := list(islice(waiting, _AT_A_TIME)):
                slots = bytearray()
                for slot, owner in batch:
                    key = secrets.token_bytes(KEY_SIZE)
                    slots += _slot(self._wrapping, slot, UUID(owner).bytes, key)
                    made.append(DataKey(owner, slot, key))
                _write(self._file, bytes(slots), place * SLOT_SIZE)
                place += len(batch)
            os.fdatasync(self._file)
        return made

    def _unwrapped(self, owner: str, slot: int) -> DataKey | None:
        if slot < 1 or (key := self._unwrap(slot, UUID(owner).bytes)) is None:
            return None
        return DataKey(owner, slot, key)

    def _unwrap(self, slot: int, owner: bytes) -> bytes | None:
        return _unwrap(self._wrapping, slot, owner, os.pread(self._file, SLOT_SIZE, slot * SLOT_SIZE))

    def _chunks(self) -> Iterator[tuple[int, bytes]]:
        size, step = os.fstat(self._file).st_size, _AT_A_TIME * SLOT_SIZE
        for at in range(0, size, step):
            yield at // SLOT_SIZE, os.pread(self._file, step, at)


def rotate(
    folder: Path, passphrase: str | None = None, progress: Callable[[int, int], None] = lambda done, of: None
) -> int:
    """Wrap every key anew under a new master key, and destroy what the old one could open; how many keys there are.

    Stopped at any moment, the store opens, by the old master key or the new one; rotating again finishes. Raises as
    opening does.
    """
    store = KeyStore(folder, passphrase)
    with _locked(folder):
        store._replaced()
        old = store._wrapping
        master = secrets.token_bytes(KEY_SIZE)
        wrapping, count = AESGCM(master), 0
        # From here to the end two master keys are valid: whichever store stands is opened by one of them.
        _put_masters(folder, [master, *_masters(folder, passphrase)], passphrase)
        part = folder / PART_FILE
        with os.fdopen(os.open(part, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            for start, chunk in store._chunks():
                for number in range(len(chunk) // SLOT_SIZE):
                    slot = chunk[number * SLOT_SIZE : (number + 1) * SLOT_SIZE]
                    key = _unwrap(old, start + number, slot[:16], slot)
                    count += key is not None and start + number > 0
                    file.write(_slot(wrapping, start + number, slot[:16], key) if key else slot)
                progress(start + len(chunk) // SLOT_SIZE, os.fstat(store._file).st_size // SLOT_SIZE)
            file.flush()
            os.fsync(file.fileno())
        part.replace(folder / STORE_FILE)
        sync(folder)
        _overwrite(store._file)
        _put_masters(folder, [master], passphrase)
    store.close()
    return count


def _settle(folder: Path, passphrase: str | None) -> None:
    """Destroy what a rotation that was cut off left: a second copy of keys, and the master key that opens none.

    For who has the lock.
    """
    part = folder / PART_FILE
    if part.exists():
        with part.open("r+b") as file:
            _overwrite(file.fileno())
        remove(part)
    masters = _masters(folder, passphrase)
    if len(masters) > 1:
        with (folder / STORE_FILE).open("rb") as file:
            first = file.read(SLOT_SIZE)
        opening = [master for master in masters if _unwrap(AESGCM(master), 0, _NOBODY, first) is not None]
        _put_masters(folder, opening, passphrase)


def _masters(folder: Path, passphrase: str | None) -> list[bytes]:
    """The master keys, the newest first: one, or two while a rotation is under way."""
    path = folder / MASTER_FILE
    try:
        keys = [b64decode(line, validate=True) for line in read_secret(path, passphrase).split("\n")]
    except ValueError:
        keys = []
    if not keys or any(len(key) != KEY_SIZE for key in keys):
        raise RefusedError("key_malformed", path=path)
    return keys


def _put_masters(folder: Path, masters: Sequence[bytes], passphrase: str | None) -> None:
    """Write the master keys; a file that is replaced is overwritten first, since a key in it may be given up."""
    path = folder / MASTER_FILE
    before = os.open(path, os.O_RDWR | os.O_CLOEXEC) if path.exists() else None
    replace_secret(path, b"\n".join(map(b64encode, masters)).decode(), passphrase)
    sync(folder)
    if before is not None:
        _overwrite(before)
        os.close(before)


def _slot(wrapping: AESGCM, slot: int, owner: bytes, key: bytes) -> bytes:
    nonce = os.urandom(NONCE_SIZE)
    return owner + nonce + wrapping.encrypt(nonce, key, owner + slot.to_bytes(8, "big"))


def _unwrap(wrapping: AESGCM, slot: int, owner: bytes, found: bytes) -> bytes | None:
    if len(found) < SLOT_SIZE or found == _WIPED or found[:16] != owner:
        return None
    try:
        return wrapping.decrypt(found[16 : 16 + NONCE_SIZE], found[16 + NONCE_SIZE :], owner + slot.to_bytes(8, "big"))
    except InvalidTag:
        return None


def _write(file: int, content: bytes, at: int) -> None:
    view = memoryview(content)
    while view:
        written = os.pwrite(file, view, at)
        view, at = view[written:], at + written


def _overwrite(file: int) -> None:
    size = os.fstat(file).st_size
    for at in range(0, size, 1 << 20):
        _write(file, bytes(min(1 << 20, size - at)), at)
    os.fdatasync(file)


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """The only one who adds to the store, takes from it or replaces it; the system lets go of it whatever happens."""
    file = os.open(folder / LOCK_FILE, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
    finally:
        os.close(file)
