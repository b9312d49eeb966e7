"""The production set-up, run natively: PostgreSQL over TCP, Prefect's server on it, `nguon serve`, a scheduled run."""

import json
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.flows.nguon import UNITS, filled
from tests.flows.processes import alive, children
from tests.flows.served import Stack, programs, wait_until


@pytest.fixture
def stack() -> Iterator[Stack]:
    """Not below pytest's own temporary folder, which as root the server's account may not enter."""
    found = programs()
    if found is None:
        pytest.skip("no PostgreSQL server programs here")
    folder = Path(tempfile.mkdtemp(prefix="nguon-served-"))
    folder.chmod(0o711)
    yield Stack(folder, found)
    shutil.rmtree(folder)


def test_a_scheduled_run_ends_well(stack: Stack) -> None:
    worker_environment = stack.environment("worker")
    home = Path(worker_environment["NGUON_HOME"])

    def nguon(*words: object) -> str:
        done = subprocess.run(
            ["nguon", *map(str, words)], env=worker_environment, cwd=stack.folder, capture_output=True, timeout=60
        )
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout.decode()

    port = str(stack.ports["prefect:4200"])
    with stack.postgres(), stack.service("prefect", "--port", port) as prefect:
        # A workbook in the inbox, while Prefect's server comes up.
        nguon("init")
        (stack.folder / "units.csv").write_text(UNITS, encoding="utf-8")
        nguon("units", "load", stack.folder / "units.csv")
        workbook = home / "inbox" / "2025-03-15" / "T-1-1-1.xlsx"
        workbook.parent.mkdir(parents=True)
        nguon("template", "T-1-1-1", "2025Q1", "--output", workbook)
        filled(workbook, members=12)
        os.utime(workbook, (time.time() - 600,) * 2)
        wait_until(lambda: stack.answers() or prefect.poll() is not None, 90, lambda: stack.said("prefect"))
        assert prefect.poll() is None, stack.said("prefect")

        # What an earlier version may have left there.
        flow = stack.ask("/flows/", {"name": "period-ended"})["id"]
        old = {"schedule": {"cron": "0 0 * * *", "timezone": "UTC"}, "slug": "old"}
        for name in ("quarter", "gone"):
            stack.ask("/deployments/", {"name": name, "flow_id": flow, "tags": ["nguon"], "schedules": [old]})
        stack.ask("/deployments/", {"name": "of-others", "flow_id": flow, "schedules": [old]})

        with stack.service("worker") as worker:
            wait_until(lambda: "Ctrl-C" in stack.said("worker"), 90, lambda: stack.said("worker"))
            found = {one["name"]: one for one in stack.ask("/deployments/filter", {})}
            assert found.keys() == {"quarter", "half", "year", "yearly-list", "reconcile", "inbox", "of-others"}
            assert [s["slug"] for s in found["of-others"]["schedules"]] == ["old"]
            [quarter] = found["quarter"]["schedules"]
            assert quarter["schedule"]["cron"] == "0 2 1 1,4,7,10 *"
            assert quarter["schedule"]["timezone"] == "Asia/Ho_Chi_Minh"

            # Of its own runs, the inbox has one every five minutes, and one at a time: none shall be in the way here.
            stack.ask(f"/deployments/{found['inbox']['id']}/pause_deployment", {})

            def run_inbox(seconds: float) -> str:
                soon = (datetime.now(UTC) + timedelta(seconds=seconds)).isoformat()
                state = {"type": "SCHEDULED", "state_details": {"scheduled_time": soon}}
                return str(stack.ask(f"/deployments/{found['inbox']['id']}/create_flow_run", {"state": state})["id"])

            def comes_to(run: str, *states: str) -> str:
                def state() -> str | None:
                    now: str = stack.ask(f"/flow_runs/{run}")["state"]["type"]
                    return now if now in states else None

                return str(wait_until(state, 60, told))

            def told() -> str:
                return stack.said("worker") + (home / "log" / "prefect.log").read_text()

            assert comes_to(run_inbox(2), "COMPLETED", "FAILED", "CRASHED", "CANCELLED") == "COMPLETED", told()

            # Told to stop in the middle of a run, it leaves no process behind.
            comes_to(run_inbox(0), "RUNNING")
            running = children(worker.pid)
            assert running
            worker.terminate()
            assert worker.wait(60) == 0, told()
            wait_until(lambda: not any(alive(one) for one in running), 10, told)

        assert "Traceback" not in stack.said("worker")
        accepted = nguon("status", "2025Q1", "--unit", "T-1-1-1", "--json")
        assert json.loads(accepted)["total"]["accepted"] == 1, accepted
