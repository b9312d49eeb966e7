"""What every benchmark stands on: a server of its own, new databases in it, and rounds that take turns."""

import atexit
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from uuid import uuid4

from sqlalchemy import Engine, text

from benchmarks.country.fill import EVENTS, fill
from benchmarks.kit.sample import ACTOR, events
from events import log
from events.database import engine
from events.proof import merkle_tree
from events.server import embedded
from events.vault import keystore
from events.vault.keystore import KeyStore
from warehouse.migrate import upgrade
from warehouse.projections.project import project

EXTERNAL_SERVER = "NGUON_TEST_DATABASE_URL"
ROUNDS = 5

_BATCH = 5_000

Work = dict[str, Callable[[], float]]
"""Kinds of work by name; each answers with the seconds that it took."""


@dataclass
class Bench:
    """One run of benchmarks: its server, its scale (1 is what the promises are made for) and who hears of progress."""

    url: str
    scale: float = 1.0
    heard: Callable[[str], None] = lambda told: None
    _kept: ExitStack = field(default_factory=ExitStack)
    _logs: dict[int, Engine] = field(default_factory=dict)
    _countries: dict[int, Engine] = field(default_factory=dict)

    def scaled(self, count: int, least: int = 1) -> int:
        """A count of the promise, at the scale of this run."""
        return max(least, round(count * self.scale))

    def alternate(self, work: Work | Callable[[], Work], rounds: int = ROUNDS, turns: int = 1) -> dict[str, float]:
        """Median seconds of each kind of work in a round, in which all kinds take turns, so many turns each.

        Each kind answers with the seconds that it took, without its preparation. Where turns need new data, `work`
        is made anew for each, the data the same for all kinds. Every second turn goes in reverse order. A first round
        only warms up.
        """
        rounded: dict[str, list[float]] = {}
        for number in range(rounds + 1):
            self.heard(f"round {number} of {rounds}" if number else "warming up")
            seconds: dict[str, float] = {}
            for taken in range(turns):
                made = work() if callable(work) else work
                for name in made if (number + taken) % 2 else reversed(made):
                    seconds[name] = seconds.get(name, 0.0) + made[name]()
            if number:
                for name, total in seconds.items():
                    rounded.setdefault(name, []).append(total)
        return {name: median(totals) for name, totals in rounded.items()}

    @contextmanager
    def database(self) -> Iterator[Engine]:
        """A migrated database without data, dropped at the end."""
        name = f"bench_{uuid4().hex}"
        server = engine(self.url).execution_options(isolation_level="AUTOCOMMIT")
        try:
            with server.connect() as session:
                session.execute(text(f"create database {name} template template0 encoding 'UTF8'"))
            made = engine(server.url.set(database=name).render_as_string(hide_password=False))
            upgrade(made)
            yield made
        finally:
            with server.connect() as session:
                session.execute(text(f"drop database if exists {name} with (force)"))
            server.dispose()

    @contextmanager
    def keystore(self) -> Iterator[KeyStore]:
        """An empty key store on disk, gone at the end."""
        with tempfile.TemporaryDirectory(prefix="nguon-bench-") as folder:
            keystore.create(Path(folder))
            yield KeyStore(Path(folder))

    def log(self, count: int) -> Engine:
        """A database whose log holds at least `count` events, under a grown tree; made once a run."""
        if count not in self._logs:
            filled = self._kept.enter_context(self.database())
            sample = events(count)
            for done in range(0, count, _BATCH):
                if done % (40 * _BATCH) == 0:
                    self.heard(f"filling a log: {done:,} of {count:,} events")
                with filled.begin() as connection:
                    log.append(connection, [next(sample) for _ in range(min(_BATCH, count - done))], ACTOR)
            with filled.begin() as connection:
                self.heard(f"growing a tree of {count:,} leaves")
                merkle_tree.grow(connection)
            with filled.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.execute(text("vacuum analyze events.event"))
            self._logs[count] = filled
        return self._logs[count]

    def country(self, count: int) -> Engine:
        """A database with the log of a country, about `count` events, and its warehouse; made once a run."""
        if count not in self._countries:
            filled = self._kept.enter_context(self.database())
            fill(filled, count / EVENTS, heard=self.heard)
            self.heard(f"projecting a country of about {count:,} events")
            project(filled)
            with filled.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.execute(text("vacuum analyze"))
            self._countries[count] = filled
        return self._countries[count]


@contextmanager
def running(scale: float, heard: Callable[[str], None]) -> Iterator[Bench]:
    """A bench on the server of `NGUON_TEST_DATABASE_URL`, or on an embedded one that is gone afterwards."""
    with ExitStack() as kept:
        url = os.environ.get(EXTERNAL_SERVER)
        if not url:
            # Not in a folder of this account alone: as root, the server runs under another.
            home = Path(tempfile.mkdtemp(prefix="nguon-bench-"))
            # Registered first, so it runs last: after the server has stopped.
            atexit.register(shutil.rmtree, home, ignore_errors=True)
            url = embedded(home)
        yield Bench(url, scale, heard, kept)
