"""Keys that change hands and lie under a passphrase, on the road of the operator."""

import json
from pathlib import Path

import pytest

from events import keys, log
from events.checks import VerifyFailed
from events.errors import RefusedError
from events.log.recorded import NewEvent
from events.proof import history
from events.proof.signers import NoteError, SigningKey
from flows import audit, checkpoints, rotating
from flows.context import Context
from flows.erasure import erase
from flows.verify import verify
from tests.actors import TESTER
from tests.events.logs import fill
from tests.flows.nguon import Nguon, filled
from tests.flows.office import Office
from tests.flows.test_erasure import WHY, subject_of
from tests.rows import AN, BINH
from tests.thoroughness import times

SECRET = "câu mật khẩu dài"


def read(context: Context) -> history.History:
    with context.engine.connect() as connection:
        return history.read(connection, checkpoints.public_key(context))


def test_the_former_key_vouches_for_the_new_one_and_both_verify(nguon: Nguon, tmp_path: Path) -> None:
    first = public(nguon)
    assert nguon("template", "T-1-1-1", "2025Q1", "--output", tmp_path / "a.xlsx").returncode == 0
    filled(tmp_path / "a.xlsx", 20)
    sent = json.loads(nguon("submit", tmp_path / "a.xlsx", "--received", "2025-03-15", "--json").stdout)
    submission = sent["submissions"][0]["submission"]
    before, after = tmp_path / "before.tlog-proof", tmp_path / "after.tlog-proof"
    assert nguon("receipt", submission, "--output", before).returncode == 0
    rotated = nguon("key", "rotate", "signing", "--json")
    assert rotated.returncode == 0, rotated.stderr
    second = public(nguon)
    assert second != first and second.partition("+")[0] == first.partition("+")[0]
    assert nguon("receipt", submission, "--output", after).returncode == 0
    for key in (first, second):
        assert nguon("verify", "--key", key).returncode == 0
        told = json.loads(nguon("key", "history", "--key", key, "--json").stdout)
        since = json.loads(rotated.stdout)["position"]
        assert told["keys"] == [{"since": 0, "public_key": first}, {"since": since, "public_key": second}]
    assert nguon("verify", before, "--key", first).returncode == 0
    assert nguon("verify", after, "--key", second).returncode == 0
    assert nguon("verify", after, "--key", first).returncode == 1
    (statement,) = (nguon.home / "checkpoints").glob("key-*.note")
    assert statement.read_text() == told["statements"][0]
    assert first in statement.read_text() and second in statement.read_text()
    stranger = str(SigningKey.generate(first.partition("+")[0]).verifier)
    refused = nguon("verify", "--key", stranger)
    assert refused.returncode == 1 and "nguon key history" in refused.stderr


def public(nguon: Nguon) -> str:
    return str(json.loads(nguon("init", "--json").stdout)["public_key"])


def test_keys_change_often_and_every_checkpoint_stays_good(office: Office) -> None:
    first = checkpoints.public_key(office.context)
    for _ in range(times(3)):
        fill(office.context.engine, 2)
        rotating.rotate(office.context, "signing")
        fill(office.context.engine, 1)
        checkpoints.sign(office.context)
    found = verify(office.context.engine, checkpoints.keys_of(office.context, first))
    assert found.signed == found.events and found.checkpoints == 2 * times(3)
    assert len(read(office.context).keys) == times(3) + 1


@pytest.mark.parametrize("cut", ["prepare_next", "append", "take_over"])
def test_a_change_that_is_cut_off_is_finished_or_never_was(
    office: Office, cut: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    checkpoints.sign(office.context)
    where = log if cut == "append" else keys
    real = getattr(where, cut)

    class Cut(Exception):
        pass

    def stop(*given: object, **named: object) -> object:
        if cut == "prepare_next":
            real(*given, **named)
        raise Cut

    first = checkpoints.public_key(office.context)
    folder = office.context.settings.home / "keys"
    with monkeypatch.context() as patched:
        patched.setattr(rotating.keys if where is keys else rotating.log, cut, stop)
        if cut == "take_over":  # signing before asks for it too
            patched.setattr(checkpoints, "sign", lambda context: None)
            patched.setattr(checkpoints, "signing_key", lambda context, connection: keys.load_signing(folder))
        with pytest.raises(Cut):
            rotating.rotate(office.context, "signing")
    assert checkpoints.public_key(office.context) == first and (folder / keys.NEXT_FILE).exists()
    signed = checkpoints.sign(office.context)
    changed = cut == "take_over"
    assert (signed.keys.newest != first) == changed
    assert (folder / keys.NEXT_FILE).exists() != changed
    if not changed:
        rotating.rotate(office.context, "signing")
    assert len(read(office.context).keys) == 2 and not (folder / keys.NEXT_FILE).exists()
    verify(office.context.engine, checkpoints.keys_of(office.context, first))


def test_who_kept_the_former_key_signs_no_more(office: Office, tmp_path: Path) -> None:
    checkpoints.sign(office.context)
    path = office.context.settings.home / "keys" / keys.SIGNING_FILE
    former = path.read_bytes()
    rotating.rotate(office.context, "signing")
    checkpoints.sign(office.context)
    path.write_bytes(former)
    fill(office.context.engine, 1)
    with pytest.raises(RefusedError, match="key_replaced"):
        checkpoints.sign(office.context)


def test_a_change_that_the_former_key_did_not_sign_is_none(office: Office) -> None:
    checkpoints.sign(office.context)
    own = SigningKey.parse((office.context.settings.home / "keys" / keys.SIGNING_FILE).read_text().strip())
    stranger = SigningKey.generate(own.name)
    forged = history.change(stranger, SigningKey.generate(own.name), 2)
    taken = history.SigningKeyChanged(2, own.verifier.public.hex(), forged.public, forged.by_former, forged.by_new)
    with office.context.engine.begin() as connection:
        at = log.append(connection, [NewEvent(history.STREAM, 1, taken)], TESTER).first
    assert read(office.context).forged == (at,)
    assert checkpoints.sign(office.context).keys.newest == own.verifier
    with pytest.raises(VerifyFailed) as raised:
        verify(office.context.engine, checkpoints.keys_of(office.context))
    (part,) = raised.value.parts
    assert (part.key, part.details) == ("verify.key_change_forged", {"position": at})


def test_whose_key_never_signed_this_log_reads_no_history(office: Office) -> None:
    checkpoints.sign(office.context)
    rotating.rotate(office.context, "signing")
    stranger = SigningKey.generate(checkpoints.public_key(office.context).name).verifier
    with office.context.engine.connect() as connection, pytest.raises(NoteError, match="key_of_another_log"):
        history.read(connection, stranger)


def test_keys_at_rest_are_under_a_passphrase_that_every_command_needs(nguon: Nguon, tmp_path: Path) -> None:
    folder, before = nguon.home / "keys", public(nguon)
    assert nguon("key", "protect").returncode == 2
    plain = {path.name: path.read_bytes() for path in folder.glob("*.key")}
    assert nguon("key", "protect", NGUON_KEYS_PASSPHRASE=SECRET).returncode == 0
    for path in folder.glob("*.key"):
        assert path.read_bytes().startswith(b"ENCRYPTED+scrypt+") and path.stat().st_mode & 0o077 == 0
        assert plain[path.name].strip()[-40:] not in path.read_bytes()
    locked = nguon("log", "checkpoint")
    assert locked.returncode == 2 and "NGUON_KEYS_PASSPHRASE" in locked.stderr and locked.stderr.count("\n") == 1
    wrong = nguon("log", "checkpoint", NGUON_KEYS_PASSPHRASE="sai")
    assert wrong.returncode == 1 and "sai" not in wrong.stderr.split()
    file = tmp_path / "passphrase"
    file.write_text(f"{SECRET}\n")
    given = {"NGUON_KEYS_PASSPHRASE_FILE": str(file)}
    assert nguon("verify", **given).returncode == 0
    assert nguon("key", "rotate", "signing", **given).returncode == 0
    assert all(path.read_bytes().startswith(b"ENCRYPTED+") for path in folder.glob("*.key"))
    assert nguon("key", "protect", "--off", **given).returncode == 0
    assert nguon("log", "checkpoint").returncode == 0
    assert public(nguon) != before
    assert {path.name: path.read_bytes() for path in folder.glob("m*.key")} == {
        name: content for name, content in plain.items() if name.startswith("m")
    }


def test_a_log_is_named_once(nguon: Nguon, tmp_path: Path) -> None:
    stands = public(nguon).partition("+")[0]
    assert nguon("init", "--origin", stands).returncode == 0
    other = nguon("init", "--origin", "nguon.example/other")
    assert other.returncode == 1 and stands in other.stderr
    for wrong in ("https://nguon.example/log", "Nguon.example", "nguon example", "", "a+b"):
        refused = nguon("init", "--origin", wrong)
        assert refused.returncode == 2 and refused.stderr.count("\n") == 1, wrong
    fresh = Nguon(tmp_path / "fresh")
    made = fresh("key", "create", "--name", "nguon.example/log", "--json")
    assert json.loads(made.stdout)["public_key"].startswith("nguon.example/log+")


def test_the_vault_is_put_under_another_master_key_and_what_was_erased_stays_gone(office: Office) -> None:
    assert office.send({"nominees": [AN, BINH]}).valid
    an = subject_of(office, AN)
    erase(office.context, an, WHY)
    binh = subject_of(office, BINH)
    former = (office.context.settings.home / "keys" / "vault.key").read_bytes()
    position = rotating.rotate(office.context, "vault")
    assert (office.context.settings.home / "keys" / "vault.key").read_bytes() != former
    (told,) = office.query(
        "select type, body #>> '{data,kind}' as kind from events.event where position = :p", p=position
    )
    assert tuple(told) == ("SecretKeyChanged", "vault")
    traced = audit.trace(office.context, binh, "auditor")
    assert isinstance(traced, audit.SubjectTrace) and traced.person is not None
    assert office.send({"nominees": [BINH]}, period="2025Q2").valid
    verify(office.context.engine, checkpoints.keys_of(office.context))
    assert rotating.rotate(office.context, "vault") > position
    verify(office.context.engine, checkpoints.keys_of(office.context))
