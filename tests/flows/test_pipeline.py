"""The pipeline's flows on Prefect's temporary server: the same figures however often, and nothing personal anywhere."""

import json
import os
import pwd
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import text

from flows.calendar import today
from flows.inbox import search, take_in
from flows.intake import LARGEST, Incoming
from flows.orchestration.schedule import complete_on, over
from flows.reading import READER
from schemas.gate.cells import Answer
from schemas.messages.translation import text as text_of
from schemas.periods import ended
from tests.flows.conductor import Conductor
from tests.flows.office import Office
from tests.flows.processes import alive
from tests.flows.served import wait_until
from tests.flows.turns import nobody_decides
from tests.rows import AN, BINH, vote

CANARY = "Đỗ Thị Bí Mật"
IDENTITY = "083304999888"
SECRETS = [
    *(form for name in (AN["name"], BINH["name"], CANARY) for form in (str(name), json.dumps(str(name))[1:-1])),
    *(str(identity) for identity in (AN["identity"], BINH["identity"], IDENTITY)),
    "bi-mat",
]
"""Names as text and as JSON escapes them, identity numbers, and a word of a file's name."""


SLOW = """
from dataclasses import replace

from schemas.forms.activities import ACTIVITIES
from schemas.forms.duty import Calendar
from schemas.policies.days import Day
from schemas.policies.policy import always

VERSIONS = (
    replace(ACTIVITIES, key="slow", duty=replace(ACTIVITIES.duty, calendar=Calendar(always(Day("last", 12, 31))))),
)
"""
"""A form of an office's own that is due a year after its quarter."""


@pytest.fixture
def conductor(office: Office) -> Iterator[Conductor]:
    made = Conductor(office.context.settings.home, office.context.settings.database_url or "")
    yield made
    made.process.kill()
    made.process.wait()


def told(home: Path) -> dict[str, bytes]:
    """Every byte that Prefect and we kept about the runs, by file."""
    return {str(path): path.read_bytes() for folder in ("prefect", "log") for path in (home / folder).rglob("*.*")}


def recorded(office: Office) -> int:
    """How many events there are."""
    return int(office.query("select position from events.head")[0].position)


def published(office: Office) -> int:
    """Of how many events the newest checkpoint outside the database speaks."""
    folder = office.context.settings.home / "checkpoints"
    return max(int(path.stem) for path in folder.glob("*.checkpoint"))


def test_a_folder_becomes_a_report_and_stays_it_and_prefect_learns_no_name(
    office: Office, conductor: Conductor
) -> None:
    home, inbox = office.context.settings.home, office.folder / "inbox"
    for day, path in {
        "2025-03-10": office.write({"nominees": [AN], "steps": [vote(AN, date(2025, 2, 1))]}),
        "2025-03-18": office.write({"nominees": [BINH]}, "28756-02"),
        "2025-03-19": office.write({"nominees": [{**AN, "name": CANARY, "sex": "?"}]}, "28807-01"),
    }.items():
        (inbox / "2025Q1" / day).mkdir(parents=True)
        shutil.move(path, inbox / "2025Q1" / day / f"bi-mat {path.name}")

    first = conductor("submissions", folder=str(inbox))["result"]
    assert first == {
        "received": 3,
        "repeated": 0,
        "refused": 0,
        "valid": 2,
        "invalid": 1,
        "position": first["position"],
    }
    assert sorted(row.received_on for row in office.query("select received_on from submission")) == [
        date(2025, 3, 10),
        date(2025, 3, 18),
        date(2025, 3, 19),
    ]
    assert published(office) == recorded(office)
    closed = conductor("period_end", period="2025Q1")["result"]
    assert published(office) == recorded(office)
    reports = home / "reports" / "2025Q1"
    assert sorted(path.name for path in reports.iterdir()) == [
        f"83.{e}" for e in ("docx", "html", "json", "pdf", "xlsx")
    ]
    issued = (reports / "83.json").read_bytes()
    figures = office.figures()
    assert (figures["identified"], figures["voted"], closed["reports"]) == (2, 1, 8)

    # All of it again: nothing new is recorded but the checks, and the documents say the same.
    again = conductor("submissions", folder=str(inbox))["result"]
    assert (again["received"], again["repeated"], again["valid"]) == (0, 3, 0)
    assert conductor("period_end", period="2025Q1")["result"] == closed
    assert (reports / "83.json").read_bytes() == issued
    assert office.figures() == figures
    assert conductor("period_end", period="2025Q1", unit="829")["result"]["reports"] == 4
    assert conductor("period_end", period="2025Q1", unit="nobody") == {"error": "unknown_unit"}

    # A failure whose message quotes what was being written.
    with office.context.engine.begin() as connection:
        connection.execute(
            text(
                "create function vault.quote() returns trigger language plpgsql as $$ begin"
                " raise 'this is %', new.sealed; end $$;"
                "create trigger quote before insert on vault.person for each row execute function vault.quote()"
            )
        )
    person = {**BINH, "name": CANARY, "identity": IDENTITY}
    sent = office.write({"nominees": [person]}, "28807-01", "2025Q2")
    shutil.move(sent, inbox)
    counts = conductor("submissions", folder=str(inbox))["result"]
    assert (counts["received"], counts["invalid"]) == (1, 1)
    assert [row.code for row in office.query("select code from finding order by position")][-1] == "file.unforeseen"

    assert conductor("tries", kind="transient")["result"] == 3
    assert conductor("tries", kind="file_missing")["result"] == 1

    assert alive(conductor.server)
    assert conductor.end() == 0
    assert not alive(conductor.server)
    assert conductor.noise() == ""
    kept = told(home)
    assert b"period-end" in kept[str(home / "prefect" / "prefect.db")]
    assert b"vault/content.py" in kept[str(home / "log" / "nguon.jsonl")], "where the failure came from is told"
    assert not [(secret, name) for name, said in kept.items() for secret in SECRETS if secret.encode() in said]


def test_reconcile_compiles_what_was_missed_once_and_the_server_ends_with_a_killed_process(
    office: Office, conductor: Conductor
) -> None:
    on = today(office.context)
    quarter = ended("quarter", on)
    assert office.send({}, period=quarter.code).valid
    expected = len([period for period in over(on, quarter) if complete_on(period) < on])
    assert conductor("reconcile")["result"] == {"missed": expected, "compiled": expected}
    closings = office.query("select count(*) as of from closing")[0].of
    assert closings == expected >= 1
    assert conductor("reconcile")["result"] == {"missed": 0, "compiled": 0}
    assert conductor("period_ended", kind="quarter")["result"]["reports"] == 8
    assert office.query("select count(*) as of from closing")[0].of == closings, "closed again is closed once"

    conductor.process.kill()
    conductor.process.wait()
    deadline = time.monotonic() + 10
    while alive(conductor.server) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not alive(conductor.server)


def test_the_end_of_a_period_compiles_nothing_while_a_form_about_it_is_not_due(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    form = tmp_path / "schemas" / "forms" / "slow" / "__init__.py"
    form.parent.mkdir(parents=True)
    form.write_text(SLOW, encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    quarter = ended("quarter", today(office.context))
    assert office.send({}, period=quarter.code).valid
    conductor = Conductor(office.context.settings.home, office.context.settings.database_url or "")
    assert conductor("period_ended", kind="quarter")["result"] == {"reports": 0, "documents": 0}
    assert conductor("reconcile")["result"] == {"missed": 0, "compiled": 0}
    assert office.query("select count(*) as of from closing")[0].of == 0
    assert conductor.end() == 0


def test_prefects_server_dies_in_the_middle_of_a_flow_which_goes_on(office: Office, conductor: Conductor) -> None:
    inbox = office.folder / "inbox"
    inbox.mkdir()
    shutil.move(office.write({"nominees": [AN]}), inbox)
    with ThreadPoolExecutor(1) as pool:
        with nobody_decides(office.context.engine) as awaited:
            result = pool.submit(conductor, "submissions", folder=str(inbox))
            wait_until(awaited, 60, str)
            os.kill(conductor.server, signal.SIGKILL)
            wait_until(conductor.noise, 30, str)
        assert result.result()["result"]["valid"] == 1
    assert conductor("submissions", folder=str(inbox))["result"]["repeated"] == 1
    assert conductor.end() == 0
    (line,) = conductor.noise().splitlines()
    assert "Prefect" in line and "httpx" not in line


def test_what_lies_in_an_inbox_comes_in_order_of_arrival(tmp_path: Path) -> None:
    day, now = date(2025, 6, 1), time.time()
    for name, age in {
        "2025-03-18/b.xlsx": 50,
        "2025-03-18/a.xlsx": 40,
        "deep/2025-03-02/z.XLSX": 10,
        "loose.xlsx": 99,
        "2025-02-30/not-a-day.xlsx": 90,
        "copying.xlsx": 5,
        "~$open.xlsx": 99,
        "notes.txt": 99,
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
        os.utime(tmp_path / name, (now - age, now - age))
    (tmp_path / "folder.xlsx").mkdir()
    os.mkfifo(tmp_path / "pipe.xlsx")
    (tmp_path / "gone.xlsx").symlink_to(tmp_path / "nowhere")
    lying = search(tmp_path, day, now - 8)
    found = [(str(f.path.relative_to(tmp_path)), f.received_on) for f in lying.workbooks]
    assert found == [
        ("deep/2025-03-02/z.XLSX", date(2025, 3, 2)),
        ("2025-03-18/b.xlsx", date(2025, 3, 18)),
        ("2025-03-18/a.xlsx", date(2025, 3, 18)),
        ("loose.xlsx", day),
        ("2025-02-30/not-a-day.xlsx", day),
    ]
    assert {(one.path.name, one.error.key) for one in lying.others} == {
        ("notes.txt", "file_format"),
        ("folder.xlsx", "file_is_folder"),
        ("pipe.xlsx", "file_irregular"),
        ("gone.xlsx", "file_missing"),
    }


@pytest.fixture
def closed() -> Iterator[Path]:
    """A folder in which this process, a plain user for so long, may not look at everything."""
    place = Path(tempfile.mkdtemp(prefix="nguon-closed-"))
    if os.geteuid() == 0:
        nobody = pwd.getpwnam("nobody").pw_uid
        os.chown(place, nobody, -1)
        os.seteuid(nobody)
    yield place
    for folder, _, _ in os.walk(place):
        Path(folder).chmod(0o700)
    os.seteuid(os.getuid())
    shutil.rmtree(place)


def test_what_cannot_be_looked_at_is_told_and_hides_nothing_else(closed: Path) -> None:
    for name in ("good.xlsx", "secret.xlsx", "named-only/b.xlsx", "shut/c.xlsx", "large.xlsx"):
        (closed / name).parent.mkdir(exist_ok=True)
        (closed / name).touch()
    os.truncate(closed / "large.xlsx", LARGEST + 1)
    (closed / "into.xlsx").symlink_to(closed / "shut" / "c.xlsx")
    (closed / "gone.xlsx").symlink_to(closed / "nowhere")
    (closed / "round.xlsx").symlink_to(closed / "round.xlsx")
    for name, mode in {"secret.xlsx": 0, "named-only": 0o400, "shut": 0}.items():
        (closed / name).chmod(mode)
    lying = search(closed, date(2025, 6, 1))
    assert [one.path.name for one in lying.workbooks] == ["good.xlsx"]
    told = {str(one.path.relative_to(closed)): one.error for one in lying.others}
    assert {name: error.key for name, error in told.items()} == {
        "gone.xlsx": "file_missing",
        "into.xlsx": "file_unreadable",
        "large.xlsx": "file_too_large",
        "named-only/b.xlsx": "file_unreadable",
        "round.xlsx": "file_unreadable",
        "secret.xlsx": "file_unreadable",
        "shut": "file_unreadable",
    }
    for error in told.values():
        assert text_of(f"error.{error.key}", "en", **error.details)
    closed.chmod(0)
    assert [(one.path, one.error.key) for one in search(closed, date(2025, 6, 1)).others] == [
        (closed, "file_unreadable")
    ]
    closed.chmod(0o700)


def test_a_folder_that_is_not_there_holds_nothing(tmp_path: Path) -> None:
    assert search(tmp_path / "none", date(2025, 6, 1)) == ([], [])


def test_a_file_is_read_before_the_lock_of_intake_is_taken(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    free = []

    def read(content: bytes, scope: str) -> Answer:
        with office.context.engine.begin() as connection:
            connection.execute(text("select events.take_turn('intake')"))  # which fails after a second
        free.append(scope)
        return Answer()

    path = office.write({"nominees": [AN]})
    monkeypatch.setattr(READER, "read", read)
    office.receive(path)
    assert free == ["cover", "all"]
    office.receive(path)
    assert free == ["cover", "all"], "what is known already is not read again"


def test_a_file_that_cannot_be_read_stops_no_other(office: Office) -> None:
    good = office.write({"nominees": [AN]})
    files = [Incoming(path, date(2025, 3, 1)) for path in (office.folder / "gone.xlsx", good)]
    assert tuple(take_in(office.context, files)) == (1, 0, 1)
    assert tuple(take_in(office.context, files)) == (0, 1, 1)
