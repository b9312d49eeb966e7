"""The demo, undisturbed and killed over and over: the same figures, nothing lost or twice, no trace of names."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from events.home import FOLDERS
from flows.sample.plan import SEED
from flows.sample.tree import sample_units
from tests.thoroughness import times

KILLS = min(times(8), 100)
ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.skipif(
    "NGUON_TEST_DATABASE_URL" in os.environ, reason="the demo uses an embedded database, whatever database is set"
)


def start(home: Path) -> subprocess.Popen[str]:
    env = {name: value for name, value in os.environ.items() if not name.startswith(("PREFECT_", "NGUON_"))}
    return subprocess.Popen(
        [sys.executable, "-m", "flows.cli", "demo", "--json"],
        cwd=ROOT,
        env=env | {"NGUON_HOME": str(home), "NGUON_LANG": "en"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def finish(process: subprocess.Popen[str]) -> tuple[dict[str, Any], str]:
    told, noise = process.communicate(timeout=600)
    assert process.returncode == 0, noise
    return json.loads(told), noise


@pytest.fixture(scope="module")
def folder() -> Any:
    """Not below pytest's own temporary folder, which as root the database's account may not enter."""
    import shutil
    import tempfile

    path = Path(tempfile.mkdtemp(prefix="nguon-demo-"))
    path.chmod(0o711)
    yield path
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture(scope="module")
def undisturbed(folder: Path) -> tuple[dict[str, Any], str]:
    return finish(start(folder / "undisturbed"))


def test_the_demo_tells_its_stages_and_nothing_of_prefect(undisturbed: tuple[dict[str, Any], str]) -> None:
    told, noise = undisturbed
    lines = noise.strip().splitlines()
    assert [line[:3] for line in lines] == [f"{n}/7" for n in range(1, 8)], noise
    assert told["invalid"] == 15
    assert told["verified"]["events"] == told["verified"]["signed"] > 10_000


def test_the_demo_leaves_documents_that_people_can_open(undisturbed: tuple[dict[str, Any], str]) -> None:
    home = Path(undisturbed[0]["home"])
    assert len(list((home / "inbox").rglob("*.xlsx"))) == undisturbed[0]["files"]
    for period in ("2025Q1", "2025Q2", "2025H1"):
        assert (home / "quality" / period / "index.html").stat().st_size > 1000
        for format in ("xlsx", "docx", "pdf", "html", "json"):
            assert (home / "reports" / period / f"83.{format}").stat().st_size > 5000


def test_the_demo_leaves_nothing_that_another_account_may_touch(undisturbed: tuple[dict[str, Any], str]) -> None:
    home = Path(undisturbed[0]["home"])
    assert {path.name for path in home.iterdir() if path.is_dir()} <= FOLDERS
    assert [path for path in home.rglob("*") if path.stat().st_mode & 0o077] == []


def test_no_name_or_number_lies_in_a_log_file_or_in_prefects_database(
    undisturbed: tuple[dict[str, Any], str],
) -> None:
    from flows.sample.plan import plan_sample

    units = sample_units(SEED)
    people = [
        cells
        for file in plan_sample(units, {unit.code: "0" * 8 for unit in units}, SEED)
        for cells in file.draft.rows.get("nominees", [])
        if cells
    ]
    canaries = {str(cells[key]).encode() for cells in people for key in ("name", "identity")}
    assert len(canaries) > 500
    home = Path(undisturbed[0]["home"])
    kept = [path for part in ("log", "prefect", "quality") for path in (home / part).rglob("*") if path.is_file()]
    assert kept
    for path in kept:
        content = path.read_bytes()
        assert not [canary for canary in canaries if canary in content], path


def test_killed_at_random_again_and_again_it_ends_in_the_same_figures(
    folder: Path, undisturbed: tuple[dict[str, Any], str]
) -> None:
    rng = random.Random(2164)
    for _ in range(KILLS):
        process = start(folder / "killed")
        time.sleep(rng.uniform(0.5, 14))
        # Whatever it has started (a temporary server, the database) is left to end by itself, as after a crash.
        process.send_signal(signal.SIGKILL)
        process.communicate()
    told, _ = finish(start(folder / "killed"))
    expected = undisturbed[0]
    assert told["figures"] == expected["figures"]
    for key in ("files", "rows", "persons"):
        assert told["verified"][key] == expected["verified"][key]
