"""The key store: what is destroyed is gone, what is not still opens, wherever a change of it was cut off."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from shutil import copytree
from types import FrameType

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from events.errors import RefusedError, UsageError
from events.vault import keystore
from events.vault.keystore import SLOT_SIZE, DataKey, KeyStore, Unreadable
from tests.thoroughness import NIGHTLY

LABEL, SECRET = "label", b"content"


class Cut(BaseException):
    """As a kill: nothing that catches errors catches it."""


@pytest.fixture
def made(tmp_path: Path) -> tuple[Path, list[DataKey], list[bytes]]:
    """A store with three keys, and something sealed by each."""
    folder = tmp_path / "keys"
    keystore.create(folder)
    store = KeyStore(folder)
    store.reserve(3)
    keys = [store.new() for _ in range(3)]
    return folder, keys, [key.seal(LABEL, SECRET) for key in keys]


def cut_everywhere(folder: Path, tmp_path: Path, act: Callable[[Path], object]) -> Iterator[Path]:
    """A copy of the folder for each line of the store's code at which `act` may be cut off, cut off there.

    But for the night, for every fourth.
    """
    number, through = 0, False
    while not through:
        copy = tmp_path / f"cut-{number}"
        copytree(folder, copy)
        left = number

        def trace(frame: FrameType, event: str, _: object) -> object:
            nonlocal left
            # A lock and a file that are open are let go of whenever a process ends.
            passed = ("__init__", "__del__", "_locked", "close")
            if frame.f_code.co_filename != keystore.__file__ or frame.f_code.co_name in passed:
                return None
            if event == "line":
                if left == 0:
                    raise Cut
                left -= 1
            return trace

        before = sys.gettrace()
        sys.settrace(trace)  # type: ignore[arg-type]
        try:
            act(copy)
            through = True
        except Cut:
            pass
        finally:
            sys.settrace(before)
        yield copy
        number += 1 if NIGHTLY else 4
    assert number > 20


def opens(store: KeyStore, key: DataKey, sealed: bytes) -> bool:
    found = store.key(key.owner, key.slot)
    return found is not None and found.open(LABEL, sealed) == SECRET


def carved(folder: Path, key: DataKey, sealed: bytes) -> bool:
    """Whether anything in the folder still opens what a key sealed: each master key on each place of each file."""
    bound = keystore.UUID(key.owner).bytes + key.slot.to_bytes(8, "big")
    for master in keystore._masters(folder, None):
        for path in folder.iterdir():
            content = path.read_bytes()
            for at in range(0, len(content) - SLOT_SIZE + 1, SLOT_SIZE):
                nonce, wrapped = content[at + 16 : at + 28], content[at + 28 : at + SLOT_SIZE]
                try:
                    found = AESGCM(master).decrypt(nonce, wrapped, bound)
                    return DataKey(key.owner, key.slot, found).open(LABEL, sealed) == SECRET
                except (keystore.InvalidTag, Unreadable):
                    continue
    return False


def test_a_destroyed_key_opens_nothing_and_its_neighbours_do(
    made: tuple[Path, list[DataKey], list[bytes]],
) -> None:
    folder, keys, sealed = made
    assert carved(folder, keys[1], sealed[1])
    store = KeyStore(folder)
    store.destroy([keys[1].slot])
    assert [opens(store, key, one) for key, one in zip(keys, sealed, strict=True)] == [True, False, True]
    assert not carved(folder, keys[1], sealed[1]) and store.destroyed(keys[1].slot)
    assert (folder / keystore.STORE_FILE).stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("passphrase", [None, "câu mật khẩu"])
def test_a_new_master_key_opens_all_and_the_former_one_nothing(tmp_path: Path, passphrase: str | None) -> None:
    folder = tmp_path / "keys"
    keystore.create(folder, passphrase)
    store = KeyStore(folder, passphrase)
    keys = [store.new(), store.new()]
    sealed = [key.seal(LABEL, SECRET) for key in keys]
    store.destroy([keys[1].slot])
    former = (folder / keystore.MASTER_FILE).read_bytes()
    assert keystore.rotate(folder, passphrase) == 1
    assert opens(store, keys[0], sealed[0]), "who had the store open before goes on"
    assert store.key(keys[1].owner, keys[1].slot) is None
    another = store.new()
    assert opens(KeyStore(folder, passphrase), another, another.seal(LABEL, SECRET))
    (folder / keystore.MASTER_FILE).write_bytes(former)
    with pytest.raises(RefusedError, match="vault_key_wrong"):
        KeyStore(folder, passphrase)


def test_a_rotation_that_is_cut_off_anywhere_loses_nothing_and_leaves_no_key_that_is_destroyed_then(
    made: tuple[Path, list[DataKey], list[bytes]], tmp_path: Path
) -> None:
    folder, keys, sealed = made
    for copy in cut_everywhere(folder, tmp_path, keystore.rotate):
        store = KeyStore(copy)
        assert all(opens(store, key, one) for key, one in zip(keys, sealed, strict=True))
        store.destroy([keys[0].slot])
        assert not carved(copy, keys[0], sealed[0])
        assert len(keystore._masters(copy, None)) == 1 and not (copy / keystore.PART_FILE).exists()
        assert keystore.rotate(copy) == 2
        assert [opens(store, key, one) for key, one in zip(keys, sealed, strict=True)] == [False, True, True]


def test_a_destruction_that_is_cut_off_is_finished_by_doing_it_again(
    made: tuple[Path, list[DataKey], list[bytes]], tmp_path: Path
) -> None:
    folder, keys, sealed = made
    slots = [keys[0].slot, keys[2].slot]
    for copy in cut_everywhere(folder, tmp_path, lambda copy: KeyStore(copy).destroy(slots)):
        store = KeyStore(copy)
        assert opens(store, keys[1], sealed[1])
        store.destroy(slots)
        assert not any(carved(copy, keys[n], sealed[n]) for n in (0, 2))


def test_new_keys_that_are_cut_off_are_of_nobody_and_no_key_before_them_is_harmed(
    made: tuple[Path, list[DataKey], list[bytes]], tmp_path: Path
) -> None:
    folder, keys, sealed = made
    for copy in cut_everywhere(folder, tmp_path, lambda copy: KeyStore(copy).reserve(2)):
        with (copy / keystore.STORE_FILE).open("ab") as file:
            file.write(b"torn")
        store = KeyStore(copy)
        more = store.new()
        assert opens(store, more, more.seal(LABEL, SECRET))
        assert all(opens(store, key, one) for key, one in zip(keys, sealed, strict=True))


def test_a_first_start_that_is_cut_off_is_finished_by_the_next(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    for copy in cut_everywhere(tmp_path / "empty", tmp_path, keystore.create):
        keystore.create(copy)
        store = KeyStore(copy)
        key = store.new()
        assert opens(KeyStore(copy), key, key.seal(LABEL, SECRET))


def test_a_key_is_of_its_owner_and_place_alone(made: tuple[Path, list[DataKey], list[bytes]]) -> None:
    folder, keys, sealed = made
    store = KeyStore(folder)
    assert store.key(keys[0].owner, keys[1].slot) is None
    assert store.key(keys[0].owner, 0) is None and store.key(keys[0].owner, 99) is None
    path = folder / keystore.STORE_FILE
    content = bytearray(path.read_bytes())
    first, second = (slice(n * SLOT_SIZE, (n + 1) * SLOT_SIZE) for n in (1, 2))
    content[first], content[second] = content[second], content[first]
    path.write_bytes(content)
    assert store.key(keys[0].owner, keys[1].slot) is None, "a slot that was moved opens nowhere"
    with pytest.raises(Unreadable):
        keys[0].open("another label", sealed[0])


def test_a_lost_master_key_is_told_and_never_made_anew(made: tuple[Path, list[DataKey], list[bytes]]) -> None:
    folder, _, _ = made
    (folder / keystore.MASTER_FILE).unlink()
    with pytest.raises(UsageError, match="key_missing"):
        keystore.create(folder)
    assert not (folder / keystore.MASTER_FILE).exists()
