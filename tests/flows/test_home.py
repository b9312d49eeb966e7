"""Whoever runs it, what lies in the home is theirs alone, and what they asked for is as open as they like."""

import os
import pwd
import shutil
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from events.home import FOLDERS
from tests.flows.nguon import UNITS, Nguon, filled

UMASK = 0o022
PLAIN = "nobody"


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def as_plain_user() -> tuple[str, ...]:
    """What runs a command line as another user than root; it may read wherever this Python is installed."""
    if shutil.which("setpriv") is None:
        pytest.skip("needs setpriv")
    account = pwd.getpwnam(PLAIN)
    reading = ("--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search")
    return "setpriv", f"--reuid={account.pw_uid}", f"--regid={account.pw_gid}", "--clear-groups", *reading


@pytest.fixture(params=["whoever runs the tests", "a plain user"])
def nguon(request: pytest.FixtureRequest) -> Iterator[Nguon]:
    """The command line on a home that others could enter, if its mode let them."""
    root, plain = os.geteuid() == 0, request.param == "a plain user"
    if plain and not root:
        pytest.skip("that is who runs the tests")
    place = Path(tempfile.mkdtemp(prefix="nguon-home-"))
    place.chmod(0o711)
    (place / "home").mkdir(mode=0o755)
    if plain:
        for folder in (place, place / "home"):
            shutil.chown(folder, PLAIN)
    before = os.umask(UMASK)
    yield Nguon(place / "home", as_plain_user() if plain else ())
    os.umask(before)
    shutil.rmtree(place)


def test_what_is_kept_is_private_and_what_is_asked_for_is_not(nguon: Nguon) -> None:
    place, owner = nguon.home.parent, nguon.home.stat().st_uid
    asked = {name: place / name for name in ("form.xlsx", "report.html", "log", "views", "dictionary.html")}
    (place / "units.csv").write_text(UNITS, encoding="utf-8")
    for words in (
        ("init",),
        ("units", "load", place / "units.csv"),
        ("template", "T-2-1-1", "2025Q1", "--output", asked["form.xlsx"]),
        ("quality", "2025Q1"),
        ("report", "T", "2025Q1", "--format", "html", "--output", asked["report.html"]),
        ("log", "export", asked["log"]),
        ("views", "export", asked["views"]),
        ("dictionary", asked["dictionary.html"]),
    ):
        done = nguon(*words, cwd=place, HOME=str(place))
        assert done.returncode == 0, done.stderr
    filled(asked["form.xlsx"], 10)
    done = nguon("submit", asked["form.xlsx"], cwd=place, HOME=str(place))
    assert done.returncode == 0, done.stderr

    # As root, the group of the server's account passes through.
    assert mode(nguon.home) == (0o710 if owner == 0 else 0o700)
    kept = list(nguon.home.rglob("*"))
    assert {path.name for path in kept if path.parent == nguon.home and path.is_dir()} <= FOLDERS
    assert {"signing.key", "PG_VERSION", "index.html"} <= {path.name for path in kept}
    assert [path for path in kept if mode(path) & 0o077] == []
    for path in asked.values():
        for each in (path, *path.rglob("*")):
            assert mode(each) == (0o777 if each.is_dir() else 0o666) & ~UMASK, each


@pytest.mark.skipif(os.geteuid() != 0, reason="root alone runs the server as another account")
def test_a_home_that_the_servers_account_cannot_get_to_is_one_line() -> None:
    place = Path(tempfile.mkdtemp(prefix="nguon-closed-"))
    try:
        for lang, words in (("vi", "chưa có gì bị thay đổi"), ("en", "nothing was changed")):
            told = Nguon(place / "home")("init", NGUON_LANG=lang)
            assert (told.returncode, told.stdout, told.stderr.count("\n")) == (2, "", 1)
            assert words in told.stderr and f"chmod o+x {place}\n" in told.stderr
        assert not (place / "home").exists()
        assert mode(place) == 0o700
    finally:
        shutil.rmtree(place)
