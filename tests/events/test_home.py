"""The home is its owner's alone, what a person asked for is as open as they like, and no other folder is changed."""

import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from events import files
from events.errors import UsageError
from events.files import AS_ASKED, as_asked, filled, keep_private, private_folder, put
from events.home import private_home
from events.server import embedded
from events.server.account import require_way, server_account
from events.server.cluster import Cluster
from schemas.messages.translation import text

root_only = pytest.mark.skipif(os.geteuid() != 0, reason="root alone runs the server as another account")


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@contextmanager
def umask(mask: int) -> Iterator[None]:
    before = os.umask(mask)
    try:
        yield
    finally:
        os.umask(before)


@pytest.mark.parametrize("mask", [0, 0o022, 0o077])
def test_a_new_home_and_what_is_missing_above_it_is_its_owners_alone(tmp_path: Path, mask: int) -> None:
    with umask(mask):
        private_home(tmp_path / "above" / "home")
    assert mode(tmp_path / "above") == mode(tmp_path / "above" / "home") == 0o700


@pytest.mark.parametrize("within", [(), ("lost+found",), ("keys", "log"), ("postgres", "lost+found")])
def test_a_home_that_is_open_to_others_is_closed(tmp_path: Path, within: tuple[str, ...]) -> None:
    for name in within:
        (tmp_path / name).mkdir()
    if "postgres" in within:
        (tmp_path / "units.csv").touch()
    tmp_path.chmod(0o775)
    private_home(tmp_path)
    assert mode(tmp_path) == 0o700


@pytest.mark.parametrize("within", [("keys", "www"), ("index.html",), ("lost+found", "index.html")])
def test_a_folder_in_which_others_have_theirs_stays_as_it_is(tmp_path: Path, within: tuple[str, ...]) -> None:
    for name in within:
        (tmp_path / name).touch() if "." in name else (tmp_path / name).mkdir()
    tmp_path.chmod(0o755)
    private_home(tmp_path)
    assert mode(tmp_path) == 0o755


@root_only
@pytest.mark.parametrize("within", [(), ("postgres", "keys")])
def test_a_folder_right_below_the_root_stays_as_it_is(within: tuple[str, ...]) -> None:
    top = Path(tempfile.mkdtemp(prefix="nguon-top-", dir="/"))
    try:
        for name in within:
            (top / name).mkdir()
        top.chmod(0o755)
        private_home(top)
        assert mode(top) == 0o755
    finally:
        shutil.rmtree(top)


def test_a_folder_for_everybody_stays_as_it_is(tmp_path: Path) -> None:
    tmp_path.chmod(0o1777)
    private_home(tmp_path)
    private_folder(tmp_path)
    assert mode(tmp_path) == 0o1777


@root_only
def test_a_folder_of_another_account_stays_as_it_is(tmp_path: Path) -> None:
    os.chown(tmp_path, 1, 1)
    tmp_path.chmod(0o755)
    for act in (lambda: private_home(tmp_path, group=2), lambda: Cluster(tmp_path / "postgres")):
        with pytest.raises(UsageError, match="home_of_another") as refused:
            act()
        assert refused.value.details == {"path": tmp_path, "account": "daemon"}
    private_folder(tmp_path)
    assert (mode(tmp_path), tmp_path.stat().st_gid) == (0o755, 1)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_of_the_home_is_closed_but_not_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "inbox").mkdir()
    (tmp_path / "inbox").chmod(0o755)
    private_folder(tmp_path / "inbox")
    assert mode(tmp_path / "inbox") == 0o700
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared").chmod(0o770)
    (tmp_path / "link").symlink_to(tmp_path / "shared")
    private_folder(tmp_path / "link")
    assert mode(tmp_path / "shared") == 0o770


@pytest.mark.parametrize("mask", [0, 0o022, 0o027, 0o077])
def test_what_is_kept_is_private_and_what_was_asked_for_is_as_the_person_likes(
    tmp_path: Path, mask: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "_persons_umask", None)
    with umask(mask):
        put(tmp_path / "kept", b"")
        assert mode(tmp_path / "kept") == 0o600
        keep_private()
        (tmp_path / "by-others").write_bytes(b"")
        with as_asked():
            put(tmp_path / "asked" / "file", b"", AS_ASKED)
            with filled(tmp_path / "folder") as made:
                (made / "file").write_bytes(b"")
        (tmp_path / "later").write_bytes(b"")
    assert [mode(tmp_path / name) for name in ("by-others", "later")] == [0o600, 0o600]
    assert mode(tmp_path / "asked") == mode(tmp_path / "folder") == 0o777 & ~mask
    assert mode(tmp_path / "asked" / "file") == mode(tmp_path / "folder" / "file") == 0o666 & ~mask


@pytest.fixture
def closed() -> Iterator[Path]:
    """A folder that its owner alone may enter."""
    folder = Path(tempfile.mkdtemp(prefix="nguon-closed-"))
    yield folder
    shutil.rmtree(folder)


def everything(*tops: Path) -> dict[Path, tuple[int, int, int]]:
    """Mode and owner of the folders, of all above them, and of all that lies in them."""
    paths = {path for top in tops for path in (top, *top.parents, *top.rglob("*"))}
    return {path: (path.stat().st_mode, path.stat().st_uid, path.stat().st_gid) for path in paths}


@root_only
def test_where_the_servers_account_may_not_enter_it_is_told_and_nothing_is_changed(closed: Path) -> None:
    before = everything(closed, Path(__file__).parents[2])
    with pytest.raises(UsageError) as caught:
        embedded(closed / "further" / "home")
    assert (caught.value.key, caught.value.details["path"]) == ("server_account_locked_out", str(closed))
    assert everything(closed, Path(__file__).parents[2]) == before
    for language in ("vi", "en"):
        line = text(f"error.{caught.value.key}", language, **caught.value.details)
        assert str(closed) in line and "/srv/nguon" in line and "NGUON_DATABASE_URL" in line


@root_only
@pytest.mark.parametrize("part", ["package", "package/install/bin", "package/install/bin/postgres", "package.libs"])
def test_programs_that_the_servers_account_may_not_use_are_told(closed: Path, part: str) -> None:
    closed.chmod(0o711)
    programs = closed / "package" / "install" / "bin"
    programs.mkdir(parents=True)
    (closed / "package.libs").mkdir()
    (programs / "postgres").touch()
    for path in (*closed.rglob("*"), programs / "postgres"):
        path.chmod(0o755)
    account = server_account(closed / "home" / "postgres")
    assert account is not None
    require_way(account, closed / "home" / "postgres", programs)
    (closed / part).chmod(0o700)
    with pytest.raises(UsageError) as caught:
        require_way(account, closed / "home" / "postgres", programs)
    assert caught.value.details["path"] == str(closed / part)


@root_only
def test_as_root_the_servers_account_passes_through_the_home_and_nobody_looks_into_it(closed: Path) -> None:
    # The home itself is ours, and so is what is missing above it.
    closed.chmod(0o711)
    home = closed / "above" / "home"
    server = Cluster(home / "postgres")
    try:
        server.start()
        account = server_account(home / "postgres")
        assert account is not None
        for folder in (home, home.parent):
            status = folder.stat()
            assert (status.st_uid, status.st_gid, mode(folder)) == (0, account.pw_gid, 0o710)
        assert mode(home / "postgres") == 0o700
        assert mode(closed) == 0o711
    finally:
        server.stop()
