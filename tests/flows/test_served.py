"""The production set-up, run natively: PostgreSQL over TCP, Prefect's server on it, `nguon serve`, scheduled runs."""

import json
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import ProgrammingError

from events.database import engine
from tests.flows.moved_clock import MovedClock, coming_quarter
from tests.flows.nguon import UNITS, filled
from tests.flows.processes import alive, children
from tests.flows.served import COMPOSE, Stack, programs, the_one_left, wait_until
from tests.flows.turns import nobody_decides

QUARTER = coming_quarter()
NEXT_DAY = QUARTER.last + timedelta(days=1)


@pytest.fixture
def folder() -> Iterator[Path]:
    """Not below pytest's own temporary folder, which as root the server's account may not enter."""
    made = Path(tempfile.mkdtemp(prefix="nguon-served-"))
    made.chmod(0o711)
    yield made
    shutil.rmtree(made)


@pytest.fixture
def clock(folder: Path) -> MovedClock:
    return MovedClock(folder)


@pytest.fixture
def stack(folder: Path, clock: MovedClock) -> Stack:
    if (found := programs()) is None:
        pytest.skip("no PostgreSQL server programs here")
    return Stack(folder, found, clock.variables)


def nguon(stack: Stack, *words: object, service: str = "worker") -> str:
    done = subprocess.run(
        ["nguon", *map(str, words)],
        env=stack.environment(service),
        cwd=stack.folder,
        capture_output=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode()


def in_the_inbox(stack: Stack, home: Path, name: str, members: int) -> None:
    """A workbook of a branch that has lain there for a while. It comes whole: under a moved clock nothing is new."""
    workbook = stack.folder / name
    nguon(stack, "template", "T-1-1-1", QUARTER.code, "--output", workbook)
    filled(workbook, members)
    os.utime(workbook, (time.time() - 600,) * 2)
    inbox = home / "inbox" / QUARTER.last.isoformat()
    inbox.mkdir(parents=True, exist_ok=True)
    workbook.rename(inbox / name)


@contextmanager
def prefect(stack: Stack) -> Iterator[subprocess.Popen[bytes]]:
    """Prefect's server, up."""
    with stack.service("prefect", "--port", str(stack.ports["prefect:4200"])) as server:
        wait_until(lambda: stack.answers() or server.poll() is not None, 180, lambda: stack.said("prefect"))
        assert server.poll() is None, stack.said("prefect")
        yield server


def the_worker_has_a_writers_rights(database: Engine) -> None:
    """It can neither make itself owner nor take a guard away."""
    with database.connect() as connection:
        rights = "select pg_has_role('nguon_writer', 'MEMBER'), pg_has_role('nguon_owner', 'MEMBER'), rolsuper"
        found = connection.exec_driver_sql(f"{rights} from pg_roles where rolname = current_user").one()
        assert tuple(found) == (True, False, False)
        with pytest.raises(ProgrammingError, match="must be owner"):
            connection.exec_driver_sql("alter table events.event disable trigger immutable")


def test_what_is_due_runs_whatever_becomes_of_prefects_server(stack: Stack, clock: MovedClock) -> None:
    worker_environment = stack.environment("worker")
    home = Path(worker_environment["NGUON_HOME"])
    # A quarter ended in the night, while nothing ran.
    clock.move(NEXT_DAY, "05:20:30")
    with stack.postgres(), ExitStack() as servers:
        assert COMPOSE["owner"]["command"] == "nguon init"
        nguon(stack, "init", service="owner")
        (stack.folder / "units.csv").write_text(UNITS, encoding="utf-8")
        nguon(stack, "units", "load", stack.folder / "units.csv")
        in_the_inbox(stack, home, "first.xlsx", 12)
        server = servers.enter_context(prefect(stack))
        leave_what_an_earlier_version_may_have_left(stack)
        database = engine(worker_environment["NGUON_DATABASE_URL"])
        the_worker_has_a_writers_rights(database)

        def decided() -> int:
            with database.connect() as connection:
                count = (
                    "select count(*) from events.event where type in ('SubmissionFoundValid', 'SubmissionFoundInvalid')"
                )
                return int(connection.execute(text(count)).scalar_one())

        with stack.service("worker") as worker:
            told: Callable[[], str] = lambda: stack.said("worker")  # noqa: E731
            wait_until(lambda: "Ctrl-C" in stack.said("worker"), 180, told)
            the_deployments_are_those_of_today(stack)

            # The inbox is taken in at its time, and reconciling compiles the quarter that was missed.
            clock.move(NEXT_DAY, "05:24:50")
            wait_until(lambda: decided() == 1, 90, told)
            clock.move(NEXT_DAY, "05:29:50")
            wait_until((home / "reports" / QUARTER.code / "T.pdf").exists, 180, told)
            wait_until(lambda: not children(worker.pid), 120, told)

            # Prefect's server dies in the middle of a flow, and comes back while it waits.
            in_the_inbox(stack, home, "second.xlsx", 13)
            with nobody_decides(database) as awaited:
                clock.move(NEXT_DAY, "07:04:50")
                wait_until(awaited, 60, told)
                flow = the_one_left(lambda: children(worker.pid), 60, told)
                server.kill()
                wait_until(lambda: "Prefect" in since_ready(stack), 30, told)
            wait_until(lambda: decided() == 2, 60, told)
            time.sleep(5)
            assert alive(flow), "it has something to say to the server, and waits for it"
            servers.enter_context(prefect(stack))
            wait_until(lambda: not alive(flow), 90, told)
            wait_until(lambda: since_ready(stack).count("Prefect") == 2, 60, told)
            states = [run["state"]["type"] for run in runs(stack)]
            assert "RUNNING" not in states and "CRASHED" not in states and "FAILED" not in states

            # PostgreSQL, on which Prefect's server stands as well, goes away for a while.
            stack.stop_postgres()
            wait_until(lambda: "5432" in since_ready(stack) or "127.0.0.1 " in since_ready(stack), 60, told)
            time.sleep(20)
            assert worker.poll() is None, told()
            stack.start_postgres()
            database.dispose()
            in_the_inbox(stack, home, "after.xlsx", 15)
            clock.move(NEXT_DAY, "07:34:50")
            wait_until(lambda: decided() == 3, 120, told)
            wait_until(lambda: not children(worker.pid), 120, told)

            # Told to stop in the middle of a run, it leaves no process behind.
            in_the_inbox(stack, home, "third.xlsx", 14)
            with nobody_decides(database) as awaited:
                clock.move(NEXT_DAY, "08:04:50")
                wait_until(awaited, 60, told)
                flow = the_one_left(lambda: children(worker.pid), 60, told)
                worker.terminate()
                assert worker.wait(60) == 0, told()
            wait_until(lambda: not alive(flow), 10, told)
        database.dispose()
        said = stack.said("worker")
        assert "Traceback" not in said and "httpx" not in said, said
        status = json.loads(nguon(stack, "status", QUARTER.code, "--unit", "T-1-1-1", "--json"))
        # What waits when all is stopped is a third revision: what was valid before counts and goes on counting.
        (found,) = status["returns"]
        assert (found["state"], found["counts"], found["revisions"]) == ("late", True, 2)


def since_ready(stack: Stack) -> str:
    return stack.said("worker").partition("Ctrl-C")[2].partition("\n")[2]


def runs(stack: Stack) -> list[dict[str, Any]]:
    """Runs of deployments that are not merely scheduled."""
    asked = {"flow_runs": {"state": {"type": {"not_any_": ["SCHEDULED"]}}}, "limit": 200}
    return [run for run in stack.ask("/flow_runs/filter", asked) if run["deployment_id"]]


def leave_what_an_earlier_version_may_have_left(stack: Stack) -> None:
    flow = stack.ask("/flows/", {"name": "period-ended"})["id"]
    old = {"schedule": {"cron": "0 0 * * *", "timezone": "UTC"}, "slug": "old"}
    for name in ("quarter", "gone"):
        stack.ask("/deployments/", {"name": name, "flow_id": flow, "tags": ["nguon"], "schedules": [old]})
    stack.ask("/deployments/", {"name": "of-others", "flow_id": flow, "schedules": [old]})


def the_deployments_are_those_of_today(stack: Stack) -> None:
    found = {one["name"]: one for one in stack.ask("/deployments/filter", {})}
    assert found.keys() == {"quarter", "half", "year", "yearly-list", "reconcile", "inbox", "of-others"}
    assert [s["slug"] for s in found["of-others"]["schedules"]] == ["old"]
    [quarter] = found["quarter"]["schedules"]
    assert quarter["schedule"]["cron"] == "0 2 1 1,4,7,10 *"
    assert quarter["schedule"]["timezone"] == "Asia/Ho_Chi_Minh"
