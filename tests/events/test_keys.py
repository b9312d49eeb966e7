"""The key files: made once, whole, for their owner alone, and refused otherwise."""

import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from events.errors import NguonError, RefusedError, UsageError
from events.keys import create, load_matching, load_signing
from events.proof.note import sign, verify

NAME = "nguon.example/log"


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "home" / "keys"


def test_keys_made_once_are_read_again(folder: Path) -> None:
    verifier = create(folder, NAME)
    signing = load_signing(folder)

    assert signing.verifier == verifier
    assert verifier.name == NAME
    assert list(verify(sign("text\n", signing), [verifier])) == [verifier]
    assert len(load_matching(folder)) == 32
    assert load_matching(folder) == load_matching(folder)


def test_no_two_keys_are_alike(tmp_path: Path) -> None:
    first, second = create(tmp_path / "a", NAME), create(tmp_path / "b", NAME)

    assert first.public != second.public
    assert load_matching(tmp_path / "a") != load_matching(tmp_path / "b")


def test_only_the_owner_may_touch_the_files_whatever_the_umask(folder: Path) -> None:
    before = os.umask(0)
    try:
        create(folder, NAME)
    finally:
        os.umask(before)

    assert mode(folder) == 0o700
    assert {path.name: mode(path) for path in folder.iterdir()} == {"signing.key": 0o600, "matching.key": 0o600}


def test_keys_are_never_overwritten(folder: Path) -> None:
    create(folder, NAME)
    before = {path: path.read_bytes() for path in folder.iterdir()}

    with pytest.raises(RefusedError, match="key_exists"):
        create(folder, NAME)
    assert {path: path.read_bytes() for path in folder.iterdir()} == before


def test_a_signing_key_without_its_matching_key_is_left_alone(folder: Path) -> None:
    create(folder, NAME)
    (folder / "matching.key").unlink()

    with pytest.raises(RefusedError, match="key_exists"):
        create(folder, NAME)
    assert [path.name for path in folder.iterdir()] == ["signing.key"]


def test_making_keys_that_was_cut_short_is_completed_with_the_same_matching_key(folder: Path) -> None:
    create(folder, NAME)
    matching = load_matching(folder)
    (folder / "signing.key").unlink()

    assert load_signing_after_create(folder) == NAME
    assert load_matching(folder) == matching


def load_signing_after_create(folder: Path) -> str:
    create(folder, NAME)
    return load_signing(folder).name


def test_of_many_processes_at_once_exactly_one_makes_the_keys(folder: Path) -> None:
    code = "import sys; from pathlib import Path; from events.keys import create; print(create(Path(sys.argv[1]), 'n'))"
    runs = [
        subprocess.Popen(
            [sys.executable, "-c", code, folder], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        for _ in range(6)
    ]
    answers = [(run.communicate(), run.returncode) for run in runs]
    made = [out.strip() for (out, _), status in answers if status == 0]

    assert made == [str(load_signing(folder).verifier)]
    assert all("key_exists" in error for (_, error), status in answers if status)
    assert {path.name for path in folder.iterdir()} == {"signing.key", "matching.key"}


TAKEN_AT_THE_LAST_MOMENT = """
import os, sys
from pathlib import Path
from events.keys import create

def take(event, args):
    if event in ("os.link", "os.rename") and str(args[1]).endswith("signing.key"):
        Path(args[1]).write_text("another")

sys.addaudithook(take)
create(Path(sys.argv[1]), "n")
"""


def test_a_key_that_another_puts_there_at_the_last_moment_is_left_alone(folder: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-c", TAKEN_AT_THE_LAST_MOMENT, folder], check=False, stderr=subprocess.PIPE, text=True
    )

    assert "key_exists" in run.stderr
    assert (folder / "signing.key").read_text() == "another"


KILLED_AT_CALL = """
import os, signal, sys
from pathlib import Path
from events.keys import create

left = int(sys.argv[2])

def count(event, args):
    global left
    if event in ("os.mkdir", "os.link", "os.remove", "open") and str(Path(sys.argv[1]).parent) in str(args[0]):
        left -= 1
        if left < 0:
            os.kill(os.getpid(), signal.SIGKILL)

sys.addaudithook(count)
create(Path(sys.argv[1]), "n")
"""


def test_killed_at_any_step_leaves_whole_keys_or_none_and_the_next_run_completes_them(tmp_path: Path) -> None:
    killed = 0
    for step in range(50):
        folder = tmp_path / str(step) / "keys"
        run = subprocess.run([sys.executable, "-c", KILLED_AT_CALL, folder, str(step)], check=False)
        if run.returncode == 0:
            break
        assert run.returncode == -signal.SIGKILL
        killed += 1
        if (folder / "signing.key").exists():
            with pytest.raises(RefusedError, match="key_exists"):
                create(folder, NAME)
        else:
            create(folder, NAME)
        assert len(load_matching(folder)) == 32
        assert load_signing(folder).name in ("n", NAME)

    assert run.returncode == 0
    assert killed >= 6


@pytest.mark.parametrize("load", [load_signing, load_matching])
def test_a_missing_key_is_named(folder: Path, load: object) -> None:
    assert callable(load)
    with pytest.raises(UsageError, match="key_missing") as missing:
        load(folder)
    assert Path(str(missing.value.details["path"])).parent == folder


@pytest.mark.parametrize("bits", [0o640, 0o604, 0o620, 0o602, 0o610, 0o644, 0o666])
@pytest.mark.parametrize(("load", "name"), [(load_signing, "signing.key"), (load_matching, "matching.key")])
def test_a_key_that_others_may_touch_is_refused(folder: Path, load: object, name: str, bits: int) -> None:
    assert callable(load)
    create(folder, NAME)
    (folder / name).chmod(bits)

    with pytest.raises(RefusedError, match="key_exposed") as exposed:
        load(folder)
    assert exposed.value.details == {"path": folder / name, "mode": f"{bits:04o}"}

    (folder / name).chmod(0o400)
    load(folder)


def test_keys_are_not_made_in_a_folder_that_others_may_enter(folder: Path) -> None:
    folder.mkdir(parents=True)
    folder.chmod(0o755)

    with pytest.raises(RefusedError, match="key_exposed"):
        create(folder, NAME)
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("content", [b"", b"\n", b"\xff", b"AAAA\n", b"PRIVATE+KEY+n+00000000+AAAA\n"])
@pytest.mark.parametrize(("load", "name"), [(load_signing, "signing.key"), (load_matching, "matching.key")])
def test_a_damaged_key_is_refused_without_showing_it(folder: Path, load: object, name: str, content: bytes) -> None:
    assert callable(load)
    create(folder, NAME)
    (folder / name).write_bytes(content)

    with pytest.raises(RefusedError, match="key_malformed") as damaged:
        load(folder)
    assert damaged.value.details == {"path": folder / name}


def test_a_folder_in_place_of_a_key_is_refused(folder: Path) -> None:
    (folder / "signing.key").mkdir(parents=True)

    with pytest.raises(NguonError, match="key_malformed"):
        load_signing(folder)


def test_a_name_that_notes_can_not_carry_makes_nothing(folder: Path) -> None:
    with pytest.raises(UsageError, match="key_name_invalid"):
        create(folder, "two words")
    assert not folder.exists()


def test_a_place_that_the_disk_refuses_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(NguonError, match="key_inaccessible"):
        create(tmp_path / "file" / "keys", NAME)
    with pytest.raises(NguonError, match="key_inaccessible"):
        load_signing(tmp_path / ("long" * 100))
