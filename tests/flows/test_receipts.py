"""Receipts and exports of the real program hold before a verifier that knows nothing of it, until one is changed."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from tests.flows.nguon import ROOT, Nguon, filled
from tests.flows.test_witnessing import served

STRANGER = ROOT / "tests" / "events" / "stranger.py"


class World:
    """A home whose log is witnessed, a workbook that was handed in, its receipt, and an export."""

    def __init__(self, nguon: Nguon, folder: Path) -> None:
        self.nguon = nguon
        self.key = json.loads(nguon("init", "--json").stdout)["public_key"]
        self.workbook, self.receipt, self.export = folder / "w.xlsx", folder / "r.tlog-proof", folder / "export"
        assert nguon("template", "T-1-1-1", "2025Q1", "--output", self.workbook).returncode == 0
        filled(self.workbook, 12)
        (sent,) = json.loads(nguon("submit", self.workbook, "--json").stdout)["submissions"]
        self.submission = sent["submission"]
        made = nguon("witness", "key", "--folder", folder / "witness", "--name", "w.example/one")
        self.witness = made.stdout.strip()
        with served(nguon, folder / "witness", self.key) as (url, _):
            assert nguon("witness", "add", self.witness, url).returncode == 0
            assert nguon("log", "checkpoint").returncode == 0
            assert nguon("witness", "ask").returncode == 0
        done = nguon("receipt", self.submission, "--output", self.receipt)
        assert done.returncode == 0, done.stderr
        assert nguon("log", "export", self.export).returncode == 0


@pytest.fixture(scope="module")
def world(nguon: Nguon, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    yield World(nguon, tmp_path_factory.mktemp("world"))


def stranger(*words: object) -> CompletedProcess[str]:
    """The verifier in an interpreter that finds none of our modules."""
    return subprocess.run(
        [sys.executable, "-I", str(STRANGER), *map(str, words)], capture_output=True, text=True, cwd="/"
    )


def test_a_stranger_verifies_the_export_and_the_cosignature(world: World) -> None:
    done = stranger("export", world.export, world.key, world.witness)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["witnesses"] == ["w.example/one"]
    assert found["size"] > 10


def test_a_stranger_verifies_the_receipt_and_ties_it_to_the_file(world: World) -> None:
    done = stranger("receipt", world.receipt, world.key, world.workbook)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert (found["submission"], found["tied"], found["entries"] > 2) == (world.submission, True, True)


def test_a_stranger_refuses_an_export_in_which_any_file_was_changed(world: World, tmp_path: Path) -> None:
    good = {path.relative_to(world.export): path.read_bytes() for path in world.export.rglob("*") if path.is_file()}
    size = json.loads(stranger("export", world.export, world.key).stdout)["size"]
    of_this_size = [name for name in good if ".p" not in str(name) or str(name).endswith(f".p/{size % 256}")]
    assert len(of_this_size) >= 3
    for name in of_this_size:
        for at in (0, len(good[name]) // 2, len(good[name]) - 1):
            for other, content in good.items():
                (tmp_path / other).parent.mkdir(parents=True, exist_ok=True)
                (tmp_path / other).write_bytes(content)
            (tmp_path / name).write_bytes(good[name][:at] + bytes([good[name][at] ^ 1]) + good[name][at + 1 :])
            refused = stranger("export", tmp_path, world.key)
            assert (refused.returncode, "Traceback" in refused.stderr) == (1, False), name


def test_a_stranger_refuses_a_receipt_that_was_cut_short_or_is_of_another_file(world: World, tmp_path: Path) -> None:
    from tests.events import stranger as verifier

    content, key = world.receipt.read_bytes(), verifier.Key(world.key)
    assert verifier.receipt(content, key, None)["submission"] == world.submission
    refusals = (verifier.Wrong, ValueError, KeyError, TypeError, IndexError)
    for end in range(0, len(content), 5):
        with pytest.raises(refusals):
            verifier.receipt(content[:end], key, None)
    other = tmp_path / "other.xlsx"
    other.write_bytes(world.workbook.read_bytes() + b"\0")
    refused = stranger("receipt", world.receipt, world.key, other)
    assert (refused.returncode, "another file" in refused.stderr) == (1, True)


def test_the_program_ties_a_receipt_to_the_branchs_own_file(world: World, tmp_path: Path) -> None:
    nowhere = Nguon(tmp_path / "nowhere")
    good = nowhere("verify", world.receipt, "--file", world.workbook, "--key", world.key, "--json")
    assert good.returncode == 0, good.stderr
    assert json.loads(good.stdout)["complete"] is True
    other = tmp_path / "other.xlsx"
    other.write_bytes(b"another")
    refused = nowhere("verify", world.receipt, "--file", other, "--key", world.key, "--json")
    assert (refused.returncode, json.loads(refused.stderr)["error"]) == (1, "receipt_other_file")
    cut = tmp_path / "cut.tlog-proof"
    cut.write_bytes(world.receipt.read_bytes()[:-90])
    assert nowhere("verify", cut, "--key", world.key).returncode == 1
    assert not nowhere.home.exists() or not (nowhere.home / "postgres").exists()


def test_without_the_signing_key_a_receipt_is_made_under_the_checkpoint_that_was_signed_last(
    world: World, tmp_path: Path
) -> None:
    made = world.nguon("receipt", world.submission, "--key", world.key, "--output", tmp_path, "--json")
    assert made.returncode == 0, made.stderr
    answered = json.loads(made.stdout)
    assert (answered["complete"], Path(answered["path"]).name) == (False, f"{world.submission}.tlog-proof")
    assert world.nguon("verify", answered["path"]).returncode == 1
    assert world.nguon("verify", answered["path"], "--partial", "--file", world.workbook).returncode == 0
