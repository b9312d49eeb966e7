"""Whatever is killed at any step of an append: what was answered stands, the rest is there whole or not at all."""

import os
import random
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from itertools import groupby
from operator import attrgetter
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, make_url, text
from sqlalchemy.exc import DBAPIError

from events import database, log, server
from events.errors import TransientError
from events.log.recorded import NewEvent
from events.types.policies import PolicySet
from tests.actors import TESTER
from tests.thoroughness import times
from warehouse import migrate

UNIT = "019a0000-0000-7000-8000-000000000001"
SIZE = 300
STEPS = ("begun", "locked", "half", "copied", "committed")
CLIENT_KILLS, SERVER_KILLS = times(160), times(20)
"""At least one at each step."""


def batch(name: str, tell: int) -> Iterator[NewEvent]:
    """A batch that says on a pipe how far it was read."""
    for n in range(1, SIZE + 1):
        if n in (2, SIZE // 2):
            os.write(tell, b"locked\n" if n == 2 else b"half\n")
        yield NewEvent(f"s-{name}-{n % 3}", (n + 2) // 3, PolicySet("admitted", str(n), date(2025, 1, 1)))


def append_for_ever(url: str, name: str, tell: int) -> None:
    """What the killed process does: append, batch after batch, and say when one is answered."""
    engine = database.engine(url)
    turn = 0
    while True:
        os.write(tell, b"begun\n")
        with engine.begin() as connection:
            place = log.append(connection, batch(f"{name}-{turn}", tell), TESTER)
            os.write(tell, b"copied\n")
        os.write(tell, b"committed %d %d %d\n" % (turn, place.first, place.last))
        turn += 1


class Writer:
    """A process that appends; `wait` until it is at a step, then something is killed."""

    def __init__(self, url: str, name: str) -> None:
        reading, writing = os.pipe()
        self.name = name
        self.pid = os.fork()
        if self.pid == 0:
            with suppress(BaseException):
                os.close(reading)
                append_for_ever(url, name, writing)
            os._exit(1)
        os.close(writing)
        self.told = os.fdopen(reading, "rb")
        self.lines: list[str] = []

    def wait(self, step: str, turn: int) -> None:
        """Until the step of that batch was told."""
        while sum(line.startswith(step) for line in self.lines) <= turn and (line := self.told.readline()):
            self.lines.append(line.decode().strip())

    def end(self) -> list[tuple[int, int, int]]:
        """Kill it; the batches that it was answered: turn, first and last position."""
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        self.lines += [line.decode().strip() for line in self.told]
        self.told.close()
        answers = [line.split() for line in self.lines if line.startswith("committed ") and len(line.split()) == 4]
        return [(int(turn), int(first), int(last)) for _, turn, first, last in answers]


def check(engine: Engine, *ended: tuple[Writer, list[tuple[int, int, int]]]) -> None:
    """Every answered batch stands whole where it was said to; at most one more stands, whole; nothing has a gap."""
    # The server may still commit what a killed client asked for: all of it is looked at in one snapshot.
    with engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
        rows = connection.execute(
            text(
                "select split_part(stream, '-', 2) as writer, split_part(stream, '-', 3)::int as turn, count(*) as n,"
                " min(position) as first, max(position) as last"
                " from events.event where stream like 's-%' group by 1, 2 order by 1, 2"
            )
        ).all()
        head, _ = log.head(connection)
        count, last = connection.execute(text("select count(*), coalesce(max(position), 0) from events.event")).one()
    assert count == last == head
    assert all(row.n == SIZE and row.last - row.first == SIZE - 1 for row in rows)
    stood = {
        writer: [(row.turn, row.first, row.last) for row in of] for writer, of in groupby(rows, attrgetter("writer"))
    }
    for writer, answered in ended:
        whole = stood.get(writer.name, [])
        assert whole[: len(answered)] == answered
        assert len(whole) - len(answered) in (0, 1)


def test_a_client_killed_at_every_step_loses_nothing_that_was_answered(fresh_database: Engine) -> None:
    url = fresh_database.url.render_as_string(hide_password=False)
    rng = random.Random(1)
    for kill in range(CLIENT_KILLS):
        writer = Writer(url, f"c{kill}")
        writer.wait(STEPS[kill % len(STEPS)], rng.randrange(2))
        time.sleep(rng.choice((0, 0, rng.random() * 0.01)))
        answered = writer.end()
        check(fresh_database, (writer, answered))


@pytest.fixture
def cluster() -> Iterator[str]:
    """A server that nobody else uses, since it is going to be killed."""
    home = Path(tempfile.mkdtemp(prefix="nguon-kill-"))
    url = server.embedded(home)
    migrate.upgrade(database.engine(url))
    yield url
    engine = database.engine(url)
    with suppress(TransientError), engine.connect() as connection:
        connection.execute(text("checkpoint"))
    engine.dispose()
    shutil.rmtree(home, ignore_errors=True)


def test_a_server_killed_at_every_step_loses_nothing_that_was_answered(cluster: str) -> None:
    """The process that serves the writer is killed: PostgreSQL throws all sessions out and recovers from its log."""
    rng = random.Random(2)
    for kill in range(SERVER_KILLS):
        watching = database.engine(cluster)
        writer = Writer(cluster, f"k{kill}")
        writer.wait(STEPS[kill % len(STEPS)], rng.randrange(2))
        with watching.connect() as connection:
            serving = connection.execute(
                text(
                    "select pid from pg_stat_activity where backend_type = 'client backend'"
                    " and pid <> pg_backend_pid() and datname = :name"
                ),
                {"name": make_url(cluster).database},
            ).scalars()
            victims = list(serving)
            for victim in victims:
                with suppress(ProcessLookupError):
                    os.kill(victim, signal.SIGKILL)
            if victims:
                _thrown_out(connection)
        answered = writer.end()
        watching.dispose()
        _await(cluster)
        fresh = database.engine(cluster)
        check(fresh, (writer, answered))
        fresh.dispose()


def _thrown_out(connection: Connection) -> None:
    """Until the server has noticed: before that, it still lets new sessions in, and throws them out a moment later."""
    deadline = time.monotonic() + 60
    with suppress(TransientError, DBAPIError):
        while time.monotonic() < deadline:
            connection.execute(text("select 1"))
            time.sleep(0.005)
        raise AssertionError("the server did not notice that a process of its was killed")


def _await(url: str) -> None:
    """Until the server has recovered."""
    deadline = time.monotonic() + 60
    while True:
        engine = database.engine(url)
        try:
            with engine.connect():
                return
        except TransientError:
            assert time.monotonic() < deadline
            time.sleep(0.02)
        finally:
            engine.dispose()
