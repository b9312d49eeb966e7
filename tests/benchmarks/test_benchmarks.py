"""Every benchmark runs, small and whatever its figure, and writes what programs read; a wrong call is one line."""

import json
import os
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from benchmarks.__main__ import NAMES
from benchmarks.kit.bench import Bench, Work, running
from benchmarks.kit.result import Bound, Case, judge
from tests.conftest import EXTERNAL_SERVER

PROJECT = Path(__file__).parents[2]
SMALL = 0.001


def run(folder: Path, *names: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """`python -m benchmarks`, in that folder."""
    return subprocess.run(
        [sys.executable, "-m", "benchmarks", *names],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(PROJECT), "NGUON_BENCH_SCALE": str(SMALL)} | settings,
        capture_output=True,
        text=True,
    )


def test_every_promise_has_its_benchmark():
    assert set(NAMES) >= {
        "append_bulk_vs_copy",
        "append_bulk_vs_eventsourcing",
        "append_bulk_vs_plain",
        "append_growth",
        "append_memory",
        "append_one_vs_insert",
        "prove",
        "verify_vs_sha256",
    }


@pytest.mark.parametrize("name", NAMES)
def test_a_benchmark_measures_two_things_and_answers_with_their_ratio(
    name: str, database_url: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv(EXTERNAL_SERVER, database_url)
    told: list[str] = []
    with running(SMALL, told.append) as bench:
        result = import_module(f"benchmarks.{name}").measure(bench)
    assert all(case.value > 0 and case.against_value > 0 for case in result.cases)
    assert result.ratio == pytest.approx(result.value / result.against_value)
    assert result.ratio in [case.ratio for case in result.cases]
    assert result.holds == result.bound.holds(result.ratio)
    assert told, "long work shows progress"


def test_what_programs_read(database_url: str, tmp_path: Path):
    done = run(tmp_path, "append_memory", "append_one_vs_insert", NGUON_TEST_DATABASE_URL=database_url)
    assert done.returncode in (0, 1), done.stderr
    written = json.loads((tmp_path / "out" / "bench.json").read_bytes())
    assert [row["name"] for row in written] == ["append_memory", "append_one_vs_insert"]
    for row in written:
        assert list(row) == ["name", "value", "unit", "against", "against_value", "ratio"]
        assert row["ratio"] == pytest.approx(row["value"] / row["against_value"])
        assert row["name"] in done.stdout
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "names, settings, line",
    [
        (("append_memory", "apend_growth"), {}, "no benchmark named apend_growth; there are append_bulk_vs_copy, "),
        ((), {"NGUON_BENCH_SCALE": "tiny"}, "NGUON_BENCH_SCALE is 'tiny', "),
        ((), {"NGUON_BENCH_SCALE": "-1"}, "NGUON_BENCH_SCALE is '-1', "),
        ((), {"NGUON_TEST_DATABASE_URL": "mysql://here/bench"}, "mysql"),
    ],
)
def test_a_wrong_call_is_one_line_and_measures_nothing(
    names: tuple[str, ...], settings: dict[str, str], line: str, tmp_path: Path
):
    done = run(tmp_path, *names, **settings)
    assert done.returncode == 2
    assert line in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert not done.stdout
    assert not (tmp_path / "out").exists()


def test_rounds_take_turns_and_only_count_once_warm():
    order: list[str] = []
    seconds = {"ours": iter([9, 9, 1, 1, 2, 2, 5, 5]), "floor": iter([9, 9, 1, 2, 1, 2, 1, 2])}

    def take(name: str) -> float:
        order.append(name)
        return next(seconds[name])

    def turn() -> Work:
        return {name: lambda name=name: take(name) for name in seconds}  # type: ignore[misc]

    medians = Bench("unused").alternate(turn, rounds=3, turns=2)
    assert medians == {"ours": 4, "floor": 3}
    assert order[:4] == ["floor", "ours", "ours", "floor"]
    assert order[4:8] == ["ours", "floor", "floor", "ours"]


@pytest.mark.parametrize("sense, ratio, holds", [("or more", 0.5, False), ("or less", 2.0, True)])
def test_the_worst_case_is_judged(sense: str, ratio: float, holds: bool):
    bound = Bound(1 if sense == "or more" else 2, sense)  # type: ignore[arg-type]
    cases = [Case("half", 1, 2), Case("same", 2, 2), Case("double", 4, 2)]
    result = judge(cases, "ms", "floor", bound)
    assert (result.ratio, result.holds) == (ratio, holds)
