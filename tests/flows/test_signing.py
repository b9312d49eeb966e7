"""No fork is ever signed: what was signed is known outside the database, and nothing is signed that does not follow."""

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from events import log
from events.checks import VerifyFailed
from events.errors import NguonError, RefusedError
from events.proof import signing
from flows import checkpoints, outside
from flows.context import Context
from flows.orchestration import signing_off
from flows.verify import verify
from tests.actors import TESTER
from tests.events.logs import fill
from tests.flows.nguon import Nguon, filled
from tests.flows.office import Office


@pytest.fixture
def set_back(office: Office, copy_of: Callable[[Engine], Engine]) -> Context:
    """The same home over its database of before: since then 3 events were recorded and signed."""
    checkpoints.sign(office.context)
    url = copy_of(office.context.engine).url.render_as_string(hide_password=False)
    fill(office.context.engine, 3)
    checkpoints.sign(office.context)
    return Context(office.context.settings.model_copy(update={"database_url": url}), TESTER)


def head(context: Context) -> int:
    with context.engine.connect() as connection:
        return log.head(connection)[0]


def kept(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.glob("*.checkpoint")}


def refused(context: Context) -> RefusedError:
    """Why nothing is signed; and nothing was, here or outside."""
    home = outside.folder(context.settings)
    before = kept(home)
    with context.engine.connect() as connection:
        last = signing.latest(connection)
    with pytest.raises(RefusedError) as raised:
        checkpoints.sign(context)
    with context.engine.connect() as connection:
        assert signing.latest(connection) == last
    assert kept(home) == before
    return raised.value


@pytest.mark.parametrize("recorded", [0, 2, 3, 7])
def test_a_database_that_was_set_back_is_not_signed_again(set_back: Context, recorded: int) -> None:
    before = head(set_back)
    if recorded:
        fill(set_back.engine, recorded)
    found = refused(set_back)
    short = recorded < 3
    assert found.key == ("checkpoint_behind" if short else "checkpoint_forked")
    assert found.details == ({"signed": before + 3, "head": before + recorded} if short else {"size": before + 3})


def test_verification_finds_it_too(set_back: Context) -> None:
    fill(set_back.engine, 5)
    with pytest.raises(VerifyFailed) as raised:
        verify(set_back.engine, checkpoints.keys_of(set_back))
    assert {part.key for part in raised.value.parts} == {"verify.checkpoint_lost", "verify.checkpoint_ahead"}


def test_a_folder_elsewhere_knows_it_when_the_home_was_set_back_as_well(set_back: Context, tmp_path: Path) -> None:
    settings = set_back.settings.model_copy(update={"checkpoint_folders": (tmp_path,)})
    origin = checkpoints.public_key(set_back).name
    shutil.copytree(outside.folder(settings), outside.places(settings, origin)[1])
    shutil.rmtree(outside.folder(settings))
    assert checkpoints.keys_of(set_back).kept == ()
    elsewhere = replace(set_back, settings=settings)
    assert checkpoints.keys_of(elsewhere).kept
    assert refused(elsewhere).key == "checkpoint_behind"


def test_without_anything_kept_outside_verification_says_what_it_could_not_check(set_back: Context) -> None:
    shutil.rmtree(outside.folder(set_back.settings))
    assert "kept" in verify(set_back.engine, checkpoints.keys_of(set_back)).unchecked


def test_what_was_published_and_cannot_be_read_is_told_and_stays(office: Office) -> None:
    checkpoints.sign(office.context)
    (newest,) = outside.folder(office.context.settings).glob("*.checkpoint")
    newest.write_bytes(newest.read_bytes()[:40])
    fill(office.context.engine, 1)
    assert refused(office.context).key == "checkpoint_unreadable"


def test_a_folder_that_is_away_is_told_and_stops_nothing(office: Office, tmp_path: Path) -> None:
    away, there = tmp_path / "away" / "deep", tmp_path / "there"
    there.mkdir()
    settings = office.context.settings.model_copy(update={"checkpoint_folders": (away, there)})
    context = replace(office.context, settings=settings)
    signed = checkpoints.sign(context)
    assert [trouble.key for trouble in signed.troubles] == ["checkpoints_closed"]
    assert not away.exists() and not away.parent.exists()
    ((name, content),) = kept(outside.places(settings, signed.keys.newest.name)[2]).items()
    assert kept(outside.folder(settings)) == {name: content}
    assert content == signed.note.encode()


def test_all_is_published_and_a_size_is_signed_once(office: Office) -> None:
    for _ in range(3):
        checkpoints.sign(office.context)
    first = head(office.context)
    fill(office.context.engine, 2)
    checkpoints.sign(office.context)
    assert sorted(kept(outside.folder(office.context.settings))) == [
        f"{size:012}.checkpoint" for size in (first, first + 2)
    ]


def test_what_stays_unsigned_is_an_alarm_after_the_time_of_the_policy(
    office: Office, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    signing_off.sign_off(office.context)
    assert checkpoints.unsigned_since(office.context) is None
    fill(office.context.engine, 1)
    (office.context.settings.home / "keys" / "signing.key").rename(office.folder / "signing.key")
    assert checkpoints.overdue(office.context) is None
    with pytest.raises(NguonError):
        signing_off.sign_off(office.context)
    assert "unsigned_hours" not in capsys.readouterr().err
    later = checkpoints.datetime.now(checkpoints.UTC) + timedelta(hours=25)

    class Later(checkpoints.datetime):
        @classmethod
        def now(cls, tz: object = None) -> "Later":
            return later  # type: ignore[return-value]

    monkeypatch.setattr(checkpoints, "datetime", Later)
    assert checkpoints.overdue(office.context) in (24, 25)
    with pytest.raises(NguonError, match="key_missing"):
        signing_off.sign_off(office.context)
    assert "unsigned_hours" in capsys.readouterr().err


def test_every_command_that_records_leaves_all_signed_and_published(nguon: Nguon, tmp_path: Path) -> None:
    folder = nguon.home / "checkpoints"
    assert signed_up_to(nguon) == int(max(kept(folder)).partition(".")[0])
    assert nguon("template", "T-1-1-1", "2025Q1", "--output", tmp_path / "a.xlsx").returncode == 0
    filled(tmp_path / "a.xlsx", 20)
    before = signed_up_to(nguon)
    sent = nguon("submit", tmp_path / "a.xlsx", "--received", "2025-03-15")
    assert sent.returncode == 0, sent.stderr
    after = signed_up_to(nguon)
    assert after > before and f"{after:012}.checkpoint" in kept(folder)
    assert nguon("policy", "set", "review", "when_accepted", "--from", "2026-01-01").returncode == 0
    assert signed_up_to(nguon) == after + 1


def test_a_command_whose_record_could_not_be_signed_says_so_and_loses_nothing(nguon: Nguon) -> None:
    key = nguon.home / "keys" / "signing.key"
    content = key.read_bytes()
    key.write_bytes(b"nonsense\n")
    try:
        done = nguon("policy", "set", "review", "at_once", "--from", "2027-01-01", "--json", NGUON_LANG="en")
    finally:
        key.write_bytes(content)
    assert json.loads(done.stdout)["unsigned"] == "key_malformed" and done.returncode == 1
    found = json.loads(nguon("verify", "--json").stdout)
    assert found["events"] == found["signed"] + 1
    assert nguon("log", "checkpoint").returncode == 0
    assert signed_up_to(nguon) == found["events"]


def test_verify_takes_a_checkpoint_that_somebody_kept(nguon: Nguon, tmp_path: Path) -> None:
    newest = max((nguon.home / "checkpoints").glob("*.checkpoint"))
    assert nguon("verify", "--checkpoint", newest).returncode == 0
    missing = nguon("verify", "--checkpoint", tmp_path / "none")
    assert missing.returncode == 2 and missing.stderr.count("\n") == 1
    wrong = tmp_path / "wrong"
    origin, size, root, *rest = newest.read_bytes().split(b"\n")
    wrong.write_bytes(b"\n".join([origin, size, (b"B" if root[:1] == b"A" else b"A") + root[1:], *rest]))
    altered = nguon("verify", "--checkpoint", wrong, "--json")
    assert altered.returncode == 1 and json.loads(altered.stdout)["faults"][0]["fault"] == "checkpoint_foreign"


def signed_up_to(nguon: Nguon) -> int:
    """How much is signed, which must be all that is recorded."""
    found = json.loads(nguon("verify", "--json").stdout)
    assert found["events"] == found["signed"]
    return int(found["signed"])
