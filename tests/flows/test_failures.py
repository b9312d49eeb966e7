"""Whatever a database can do to a command is told as what it is, never as unforeseen, and never with a value in it."""

import os
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from errno import EDQUOT, ENOSPC
from pathlib import Path

import psycopg2
import pytest
from psycopg2 import errors
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from events import log
from events.errors import TransientError
from events.log.recorded import NewEvent
from events.server.cluster import Cluster
from events.types.policies import PolicySet
from flows.terminal import edge
from flows.terminal.answer import Answer
from flows.terminal.failures import named
from schemas.messages.translation import text as wording
from tests.actors import TESTER
from tests.flows.nguon import UNITS, Nguon

VALUE = "083201001234"
UNIT = "019a0000-0000-7000-8000-000000000001"

PASSING = {
    "08000": "database_lost",
    "08003": "database_lost",
    "08006": "database_lost",
    "57P01": "database_lost",
    "57P02": "database_lost",
    "57P03": "database_lost",
    "25P03": "database_lost",
    "40001": "database_contended",
    "40P01": "database_contended",
    "55P03": "database_contended",
    "53200": "database_memory",
    "53300": "database_crowded",
    "57014": "database_cancelled",
}
LASTING = {
    "25006": "database_read_only",
    "42501": "database_forbidden",
    "42P01": "database_incomplete",
    "53100": "database_disk_full",
    "58030": "database_damaged",
    "XX001": "database_damaged",
    "XX002": "database_damaged",
}


def driver_error(code: str) -> psycopg2.Error:
    """What psycopg2 raises for a code, with a value where PostgreSQL may quote one."""
    error = errors.lookup(code)(f"the server's words\nDETAIL:  Key (identity)=({VALUE})")
    error.__setstate__({"pgcode": code})
    return error


@pytest.mark.parametrize("wrapped", [False, True], ids=["bare", "by SQLAlchemy"])
@pytest.mark.parametrize(("code", "key"), [*PASSING.items(), *LASTING.items()])
def test_a_fault_of_the_database_has_its_name_in_both_languages(code: str, key: str, wrapped: bool) -> None:
    failure: Exception = driver_error(code)
    error = named(DBAPIError("insert into person", {"identity": VALUE}, failure) if wrapped else failure)
    assert error is not None and error.key == key
    assert isinstance(error, TransientError) == (code in PASSING)
    for language in ("vi", "en"):
        line = wording(f"error.{key}", language, **error.details)
        assert "\n" not in line and VALUE not in line and line.endswith(".")


@pytest.mark.parametrize(
    "failure",
    [
        psycopg2.OperationalError("server closed the connection unexpectedly\n\tThis probably means ..."),
        psycopg2.OperationalError("SSL SYSCALL error: EOF detected"),
        psycopg2.InterfaceError("connection already closed"),
    ],
)
def test_a_connection_that_is_gone_without_a_code_may_come_back(failure: Exception) -> None:
    error = named(failure)
    assert isinstance(error, TransientError)
    assert (error.key, error.details) == ("database_lost", {"reason": str(failure).splitlines()[0]})


@pytest.mark.parametrize("number", [ENOSPC, EDQUOT])
def test_a_full_disk_of_ours_is_told(number: int) -> None:
    error = named(OSError(number, os.strerror(number)))
    assert error is not None and error.key == "disk_full"


@pytest.mark.parametrize("code", ["23505", "22P02", "XX000"])
def test_a_fault_of_the_program_stays_unforeseen(code: str) -> None:
    assert named(driver_error(code)) is None


WAIT = "set local lock_timeout = '50ms'; lock table events.head in exclusive mode"


@pytest.mark.parametrize(
    ("statement", "key"),
    [
        ("set local statement_timeout = '50ms'; select pg_sleep(30)", "database_cancelled"),
        ("set transaction read only; create table there (x int)", "database_read_only"),
        (WAIT, "database_contended"),
        ("select pg_terminate_backend(pg_backend_pid())", "database_lost"),
    ],
)
def test_what_the_server_really_says_is_named(fresh_database: Engine, statement: str, key: str) -> None:
    with fresh_database.begin() as other, pytest.raises(Exception) as caught:
        other.execute(text("lock table events.head in exclusive mode"))
        with fresh_database.begin() as connection:
            connection.execute(text(statement))
    error = named(caught.value)
    assert error is not None and error.key == key


def cut_off(connection: Connection, other: Engine) -> Iterator[NewEvent]:
    """Events in the middle of which the server throws the session out that appends them."""
    backend = connection.execute(text("select pg_backend_pid()")).scalar_one()
    for version in range(1, 30_000):
        if version == 15_000:
            with other.begin() as session:
                session.execute(text("select pg_terminate_backend(:backend, 5000)"), {"backend": backend})
        yield NewEvent("s-1", version, PolicySet("admitted", str(version), date(2025, 1, 1)))


def test_an_append_that_is_cut_off_is_one_line(fresh_database: Engine, capfd: pytest.CaptureFixture[str]) -> None:
    def command(_words: Sequence[str]) -> Answer | None:
        with fresh_database.begin() as connection:
            log.append(connection, cut_off(connection, fresh_database), TESTER)
        return None

    assert edge.run(command, ["submit"], ()) == 3
    said = capfd.readouterr().err
    assert said.count("\n") == 1 and "chạy lại" in said
    with fresh_database.connect() as connection:
        assert log.head(connection)[0] == 0


@contextmanager
def small_disk(megabytes: int) -> Iterator[Path]:
    """A disk of its own, which others may enter; root alone may make one."""
    folder = Path(tempfile.mkdtemp(prefix="nguon-disk-", dir=os.environ["NGUON_TEST_FOLDER"]))
    options = f"size={megabytes}m,mode=0711"
    if os.geteuid() or subprocess.run(["mount", "-t", "tmpfs", "-o", options, "none", folder], check=False).returncode:
        pytest.skip("needs the right to mount")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


def test_a_full_disk_stops_a_command_in_one_line_and_with_room_it_carries_on() -> None:
    with small_disk(200) as disk:
        nguon = Nguon(disk / "home")
        assert nguon("init").returncode == 0
        units, ballast = disk / "units.csv", disk / "ballast"
        units.write_text(UNITS, encoding="utf-8")
        server = Cluster(nguon.home / "postgres")
        server.start()
        with ballast.open("wb", buffering=0) as file, pytest.raises(OSError, match="space"):
            while True:
                file.write(bytes(1 << 16))
        told = nguon("units", "load", units, NGUON_LANG="en")
        assert (told.returncode, told.stdout, told.stderr.count("\n")) == (3, "", 1)
        assert "The disk" in told.stderr or "No space left" in told.stderr
        ballast.unlink()
        assert nguon("units", "load", units).returncode == 0
        server.stop()
