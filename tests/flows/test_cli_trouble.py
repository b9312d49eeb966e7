"""When something outside goes wrong, one line says so, nothing is lost, and the next run carries on."""

import json
import os
import signal
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from events.database import engine
from events.errors import TransientError
from events.server import embedded
from flows.terminal import edge
from flows.terminal.answer import Answer
from tests.flows.conftest import new_home
from tests.flows.nguon import Nguon, filled
from tests.flows.served import wait_until
from tests.flows.turns import nobody_decides


@pytest.fixture
def database(nguon: Nguon) -> Iterator[Engine]:
    made = engine(embedded(nguon.home))
    yield made
    made.dispose()


def test_without_init_every_command_says_how_to_begin() -> None:
    bare = new_home()
    embedded(bare.home)
    told = bare("status", "2025Q1")
    assert (told.returncode, told.stderr.count("\n")) == (3, 1)
    assert "nguon init" in told.stderr


AHEAD = ("update migration set version_num = '9999'", "update migration set version_num = '{was}'")
UNKNOWN = ("delete from migration", "insert into migration values ('{was}')")
TORN = ("alter table warehouse.checkpoint rename to other", "alter table warehouse.other rename to checkpoint")


@pytest.mark.parametrize(
    ("damage", "command", "key"),
    [
        (AHEAD, "status 2025Q1", "database_ahead"),
        (AHEAD, "init", "database_ahead"),
        (UNKNOWN, "status 2025Q1", "database_empty"),
        (UNKNOWN, "init", "database_incomplete"),
        (TORN, "status 2025Q1", "database_incomplete"),
    ],
)
def test_a_half_migrated_database_is_named(
    nguon: Nguon, database: Engine, damage: tuple[str, str], command: str, key: str
) -> None:
    words = command.split()
    with database.begin() as connection:
        was = connection.execute(text("select version_num from public.migration")).scalar_one()
        connection.execute(text(damage[0]))
    try:
        told = nguon(*words, "--json")
    finally:
        with database.begin() as connection:
            connection.execute(text(damage[1].format(was=was)))
    assert (told.returncode, told.stdout) == (3, "")
    assert json.loads(told.stderr)["error"] == key
    assert nguon(*words).returncode == 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_stop_while_another_process_works_loses_nothing(
    nguon: Nguon, database: Engine, tmp_path: Path, number: signal.Signals
) -> None:
    quarter = "2025Q1" if number == signal.SIGINT else "2025Q2"
    file = tmp_path / "ours.xlsx"
    assert nguon("template", "T-2-1-1", quarter, "--output", file).returncode == 0
    filled(file, 10)
    with nobody_decides(database) as awaited:
        process = nguon.start("submit", file)
        wait_until(awaited, 30, str)
        process.send_signal(number)
        out, err = process.communicate(timeout=10)
    assert (process.returncode, out, err.count("\n")) == (3, "", 1)
    assert "chạy lại" in err
    carried_on = json.loads(nguon("submit", file, "--json").stdout)
    assert (carried_on["valid"], carried_on["submissions"][0]["repeated"]) == (1, True)


def test_a_server_that_is_killed_while_a_command_works_is_one_line_and_loses_nothing(
    nguon: Nguon, database: Engine, tmp_path: Path
) -> None:
    file = tmp_path / "ours.xlsx"
    assert nguon("template", "T-2-1-2", "2025Q1", "--output", file).returncode == 0
    filled(file, 10)
    with suppress(TransientError), nobody_decides(database) as awaited:
        process = nguon.start("submit", file)
        wait_until(awaited, 30, str)
        server = (nguon.home / "postgres" / "data" / "postmaster.pid").read_text().split()[0]
        os.kill(int(server), signal.SIGKILL)
        out, err = process.communicate(timeout=60)
    assert (process.returncode, out, err.count("\n")) == (3, "", 1)
    assert "ngắt giữa chừng" in err or "không trả lời" in err
    carried_on = json.loads(nguon("submit", file, "--json").stdout)
    assert (carried_on["valid"], carried_on["submissions"][0]["repeated"]) == (1, True)


def test_a_second_process_waits_its_turn(nguon: Nguon, database: Engine, tmp_path: Path) -> None:
    for unit in ("T-1-1-1", "T-2-1-1"):
        assert nguon("template", unit, "2025Q3", "--output", tmp_path / f"{unit}.xlsx").returncode == 0
        filled(tmp_path / f"{unit}.xlsx", 10)
    both = [nguon.start("submit", tmp_path / f"{unit}.xlsx") for unit in ("T-1-1-1", "T-2-1-1")]
    assert [process.wait(60) for process in both] == [0, 0]
    total = json.loads(nguon("status", "2025Q3", "--json").stdout)["total"]
    assert (total["late"], total["missing"]) == (2, 7)


class Panic(BaseException):
    """As a library in Rust raises it."""


@pytest.mark.parametrize("failure", [ZeroDivisionError, Panic])
def test_what_nobody_foresaw_is_logged_without_a_word_of_what_it_says(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, failure: type[BaseException]
) -> None:
    monkeypatch.setenv("NGUON_HOME", str(tmp_path))

    def broken(_words: object) -> Answer:
        raise failure("Nguyễn Văn A 083201001234")

    assert edge.run(broken, ["submit", "x.xlsx"], ()) == 3
    said = capsys.readouterr().err
    assert said.count("\n") == 1 and failure.__name__ in said and str(tmp_path) in said
    logged = (tmp_path / "log" / "nguon.jsonl").read_text(encoding="utf-8")
    entry = json.loads(logged)
    assert (entry["command"], entry["error"]) == ("submit", failure.__name__)
    assert any(frame.endswith("broken") for frame in entry["frames"])
    assert "083201001234" not in logged + said and "Nguyễn" not in logged + said


def test_output_that_cannot_be_written_is_told(nguon: Nguon) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("needs /dev/full")
    with Path("/dev/full").open("w") as full:
        process = nguon.start("units", "list", stdout=full.fileno())
        _, err = process.communicate(timeout=30)
    assert (process.returncode, err.count("\n")) == (3, 1)
