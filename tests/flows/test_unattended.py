"""`nguon serve` left alone over a quarter's end, in the default installation: nothing is left undone or untold."""

import json
import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path

import pytest
from openpyxl import load_workbook
from sqlalchemy import text

from events import vault
from events.database import engine
from events.server import embedded
from tests.conftest import EXTERNAL_SERVER
from tests.flows.conftest import new_home
from tests.flows.moved_clock import MovedClock, coming_quarter
from tests.flows.nguon import UNITS, Nguon, filled
from tests.flows.processes import alive, children
from tests.flows.served import the_one_left, wait_until
from tests.flows.test_reading import endless
from tests.flows.turns import nobody_decides
from tests.schemas.test_cells import LAST

pytestmark = pytest.mark.skipif(
    EXTERNAL_SERVER in os.environ, reason="the default installation, whatever server the other tests use"
)

QUARTER = coming_quarter()
NEXT_DAY = QUARTER.last + timedelta(days=1)


@pytest.fixture
def clock() -> MovedClock:
    return MovedClock(new_folder())


def new_folder() -> Path:
    folder = new_home().home
    folder.mkdir()
    folder.chmod(0o711)
    return folder


@pytest.fixture
def nguon(clock: MovedClock) -> Nguon:
    """A home with ten units, under the moved clock from the beginning."""
    clock.move(QUARTER.last, "12:00:00")
    made = Nguon(new_home().home, clock.within)
    assert made("init").returncode == 0
    (made.home / "units.csv").write_text(UNITS.replace("2025-01-01", f"{QUARTER.first.year}-01-01"), encoding="utf-8")
    assert made("units", "load", made.home / "units.csv").returncode == 0
    (made.home / "inbox").mkdir(mode=0o700, exist_ok=True)
    return made


class Serving:
    """`nguon serve`, and what it says."""

    def __init__(self, nguon: Nguon, **variables: str) -> None:
        self._said = (nguon.home / "said").open("a+", encoding="utf-8")
        self.nguon = nguon
        self.process = nguon.start("serve", stdout=self._said.fileno(), stderr=self._said.fileno(), **variables)
        wait_until(lambda: "Ctrl-C" in self.said() or self.process.poll() is not None, 180, self.said)
        assert self.process.poll() is None, self.said()

    def said(self) -> str:
        return (self.nguon.home / "said").read_text(encoding="utf-8")

    def end(self) -> int:
        self.process.terminate()
        return self.process.wait(60)


@contextmanager
def serving(nguon: Nguon, **variables: str) -> Iterator[Serving]:
    made = Serving(nguon, **variables)
    try:
        yield made
    finally:
        if made.process.poll() is None:
            made.process.kill()
            made.process.wait()


def template(nguon: Nguon, unit: str, name: str, members: int = 12) -> Path:
    """A filled workbook in the inbox, in a folder of the quarter's last day, where it comes whole and an hour old."""
    made = nguon.home / name
    assert nguon("template", unit, QUARTER.code, "--output", made).returncode == 0
    filled(made, members)
    os.utime(made, (time.time() - 3600,) * 2)
    inbox = nguon.home / "inbox" / QUARTER.last.isoformat()
    inbox.mkdir(parents=True, exist_ok=True)
    return made.rename(inbox / name)


def changed(path: Path, sheet: str, cell: str, value: object) -> None:
    book = load_workbook(path)
    book[sheet][cell] = value
    book.save(path)


def decided(nguon: Nguon) -> dict[str, list[str]]:
    """The codes of the findings of each file that was decided."""
    database = engine(embedded(nguon.home))
    with database.connect() as connection:
        rows = connection.execute(
            text(
                "select submission::text, array_remove(array_agg(distinct code), null) as codes"
                " from submission left join finding using (submission)"
                " where decided_position is not null group by submission"
            )
        ).all()
        names = vault.file_names(connection, vault.KeyStore(nguon.home / "keys"), [row.submission for row in rows])
    database.dispose()
    return {names[row.submission]: sorted(row.codes) for row in rows}


def test_a_quarter_ends_while_nobody_watches(nguon: Nguon, clock: MovedClock) -> None:
    """Every kind of poison lies in the inbox: the quarter is closed all the same, and each bad file has its finding."""
    clock.move(QUARTER.last, "12:00:00")
    template(nguon, "T-1-1-1", "good.xlsx")
    changed(template(nguon, "T-1-1-2", "stray.xlsx"), "Hoạt động", "A1048576", " ")
    changed(template(nguon, "T-2-1-1", "corner.xlsx"), "Hoạt động", LAST, "x")
    dates = template(nguon, "T-2-1-2", "dates.xlsx")
    for row, on in enumerate(("05/03/00", "14/02/1890"), start=4):
        for column, value in {"A": "Sinh hoạt chuyên đề", "B": on, "C": 5}.items():
            changed(dates, "Hoạt động", f"{column}{row}", value)
    bomb = template(nguon, "T-2-1-2", "bomb.xlsx")
    bomb.write_bytes(endless(bomb.read_bytes()))
    inbox = nguon.home / "inbox"
    (inbox / "broken.xlsx").write_bytes(b"PK\x03\x04 cut short")
    (inbox / "empty.xlsx").write_bytes(b"")
    (inbox / "folder.xlsx").mkdir()
    os.mkfifo(inbox / "pipe.xlsx")
    (inbox / "notes\x1b[2J.docx").write_bytes(b"a letter")
    (inbox / "nowhere.xlsx").symlink_to(inbox / "nothing")
    long_ago = time.time() - 3600
    for path in inbox.rglob("*.xlsx"):
        if path.is_file():
            os.utime(path, (long_ago, long_ago))

    clock.move(QUARTER.last, "22:00:30")
    with serving(nguon) as serve:
        # A second one on the same home is refused; the first goes on.
        second = nguon("serve")
        assert (second.returncode, second.stdout) == (1, "")
        assert str(serve.process.pid) in second.stderr

        clock.move(QUARTER.last, "22:04:50")
        wait_until(lambda: len(decided(nguon)) == 7, 120, serve.said)
        reports = nguon.home / "reports"
        assert not reports.exists()

        # The process that closes the quarter is killed in the middle of it, and started again.
        clock.move(NEXT_DAY, "01:59:50")
        at_work = wait_until(lambda: closing(nguon), 120, serve.said)
        os.kill(at_work, signal.SIGKILL)
        wait_until((reports / QUARTER.code / "T.pdf").exists, 180, serve.said)
        assert serve.process.poll() is None
        wait_until(lambda: not children_at_work(serve), 120, serve.said)
        assert serve.end() == 0, serve.said()
        said = [line for line in said_since_ready(serve).splitlines() if "Prefect" not in line]
        assert len(said) == 1 and "quarter" in said[0], "what was killed is told, and nothing else"

    verified = json.loads(nguon("verify", "--json").stdout)
    assert verified["events"] == verified["signed"]
    assert (nguon.home / "checkpoints" / f"{verified['signed']:012}.checkpoint").exists()
    assert decided(nguon) == {
        "good.xlsx": [],
        "stray.xlsx": [],
        "corner.xlsx": [],
        "dates.xlsx": ["date.before_period", "date.too_early", "date.two_digit_year"],
        "bomb.xlsx": ["file.exhausting"],
        "broken.xlsx": ["file.not_workbook"],
        "empty.xlsx": ["file.empty"],
    }
    pending = json.loads(nguon("pending", "--json").stdout)
    assert pending["waiting"] == []
    assert {Path(one["file"]).name: one["reason"] for one in pending["untaken"]} == {
        "folder.xlsx": "file_is_folder",
        "pipe.xlsx": "file_irregular",
        "notes\x1b[2J.docx": "file_format",
        "nowhere.xlsx": "file_missing",
    }
    assert "\x1b" not in nguon("pending").stdout
    status = json.loads(nguon("status", QUARTER.code, "--json").stdout)
    total = status["total"]
    assert (total["on_time"], total["late"], total["invalid"], total["missing"]) == (0, 3, 1, 5)


def closing(nguon: Nguon) -> int | None:
    """The process that checks the quality of the quarter, once it does so."""
    database = engine(embedded(nguon.home))
    with database.connect() as connection:
        checked = connection.execute(text("select count(*) from events.event where type = 'QualityChecked'")).scalar()
    database.dispose()
    signs = list((nguon.home / "run").glob("*"))
    if not checked or not signs:
        return None
    for process in Path("/proc").glob("[0-9]*"):
        try:
            environment = (process / "environ").read_bytes()
        except OSError:
            continue
        if b"PREFECT__DEPLOYMENT_NAME=quarter" in environment and str(nguon.home).encode() in environment:
            return int(process.name)
    return None


def children_at_work(serve: Serving) -> list[int]:
    """The processes of flows: of all that it started, those that run Prefect's engine."""
    return [child for child in children(serve.process.pid) if "prefect.engine" in words(child)]


def prefects_server(serve: Serving) -> int:
    (server,) = [child for child in children(serve.process.pid) if "flows.orchestration.prefect_server" in words(child)]
    return server


def words(process: int) -> list[str]:
    """What it was started with."""
    with suppress(OSError):
        return Path(f"/proc/{process}/cmdline").read_text().split("\0")
    return []


def begun(serve: Serving, awaited: Callable[[], bool]) -> int:
    """The process of the flow that begins next, once it has come as far as it can."""
    wait_until(awaited, 60, serve.said)
    return the_one_left(lambda: children_at_work(serve), 60, serve.said)


def test_what_dies_or_hangs_is_told_and_mended(nguon: Nguon, clock: MovedClock) -> None:
    """Prefect's server, the database, a flow's process and `serve` itself: each is killed or stopped in its turn."""
    day = QUARTER.last

    def runs_at(at: str, name: str) -> None:
        """A workbook that lies in the inbox before a time is decided after it."""
        template(nguon, "T-1-1-1", name, members=len(decided(nguon)) + 20)
        clock.move(day, at)
        wait_until(lambda: name in decided(nguon), 120, serve.said)

    with serving(nguon) as serve:
        database = engine(embedded(nguon.home))
        # Prefect's server dies in the middle of a flow, which goes on to its end.
        with nobody_decides(database) as awaited:
            template(nguon, "T-1-1-1", "during.xlsx")
            clock.move(day, "13:04:50")
            flow = begun(serve, awaited)
            os.kill(prefects_server(serve), signal.SIGKILL)
            wait_until(lambda: "Prefect" in said_since_ready(serve), 30, serve.said)
            assert alive(flow)
        wait_until(lambda: not alive(flow), 90, serve.said)
        assert decided(nguon)["during.xlsx"] == []

        # A flow that shows no sign of life is stopped, and the next one runs.
        with nobody_decides(database) as awaited:
            clock.move(day, "14:04:50")
            flow = begun(serve, awaited)
            os.kill(flow, signal.SIGSTOP)
            clock.move(day, "15:30:10")
            wait_until(lambda: not alive(flow), 240, serve.said)
            assert "inbox" in said_since_ready(serve)
        runs_at("16:04:50", "after-stuck.xlsx")

        # The database is killed: it is started anew.
        postmaster = int((nguon.home / "postgres" / "data" / "postmaster.pid").read_text().split("\n")[0])
        os.kill(postmaster, signal.SIGKILL)
        wait_until(lambda: not alive(postmaster), 10, serve.said)
        wait_until(lambda: said_since_ready(serve).count("\n") >= 3, 60, serve.said)
        database.dispose()
        runs_at("17:04:50", "after-database.xlsx")

        # `serve` itself is killed in the middle of a flow: another one goes on, and the inbox is not blocked for ever.
        with nobody_decides(database) as awaited:
            clock.move(day, "18:04:50")
            begun(serve, awaited)
            serve.process.kill()
            serve.process.wait()
        database.dispose()
        assert "Traceback" not in serve.said() and "httpx" not in serve.said()
    clock.move(day, "19:00:30")
    (nguon.home / "said").write_text("")
    with serving(nguon) as serve:
        runs_at("19:04:50", "after-serve.xlsx")
        assert serve.end() == 0
        assert "Traceback" not in serve.said(), serve.said()


def said_since_ready(serve: Serving) -> str:
    return serve.said().partition("Ctrl-C")[2].partition("\n")[2]


def test_a_flow_that_fails_says_why(clock: MovedClock) -> None:
    """There is nobody to report on: that is told when the quarter ends, and the inbox goes on."""
    clock.move(NEXT_DAY, "01:50:30")
    nobody = Nguon(new_home().home, clock.within)
    assert nobody("init").returncode == 0
    with serving(nobody, NGUON_LANG="en") as serve:
        clock.move(NEXT_DAY, "01:59:50")
        wait_until(lambda: "no units" in said_since_ready(serve), 120, serve.said)
        assert serve.process.poll() is None
        assert serve.end() == 0
    (line,) = said_since_ready(serve).splitlines()
    assert "quarter" in line and "nguon units" in line


def test_a_schedule_that_does_not_fire_ends_it_with_3(nguon: Nguon, clock: MovedClock) -> None:
    with serving(nguon, PREFECT_SERVER_SERVICES_SCHEDULER_ENABLED="false", NGUON_PATIENCE="5") as serve:
        clock.move(QUARTER.last, "13:07:30")
        assert serve.process.wait(240) == 3, serve.said()
    lines = said_since_ready(serve).splitlines()
    assert "inbox" in lines[0] and "13:05" in lines[0]
    assert "inbox" in lines[-1]
    assert "Traceback" not in serve.said()
    log = (nguon.home / "log" / "nguon.jsonl").read_text(encoding="utf-8")
    assert "schedule_late" in log
