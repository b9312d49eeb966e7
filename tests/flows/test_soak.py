"""Everything at once: eight writers and a signer that are killed, a clock that steps, tailing readers, two witnesses.

For a quarter of a minute with each change, for ten minutes at night. Nothing is lost, doubled, skipped or forked.
"""

import random
import threading
import time
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

from sqlalchemy import text

from events.errors import NguonError
from events.log.read import follow
from events.proof.witness_state import create_key
from flows import checkpoints, outside, witnessing
from flows.context import Context
from flows.settings import Settings
from flows.verify import verify
from tests.actors import TESTER
from tests.events.test_append_kills import STEPS, Writer, check
from tests.events.test_clock import move
from tests.flows.nguon import Nguon
from tests.flows.office import Office
from tests.flows.test_witnessing import served
from tests.thoroughness import times

SECONDS = times(15)
WRITERS, READERS, WITNESSES = 8, 3, 2


class Signer:
    """`nguon log checkpoint`, again and again, one in three of them killed."""

    def __init__(self, nguon: Nguon, chance: random.Random, **variables: str) -> None:
        self._chance = chance
        self._start = lambda: nguon.start("log", "checkpoint", **variables)
        self.signed = self.killed = 0
        self._begin()

    def turn(self) -> None:
        """Look after the one at work."""
        if self._process.poll() is not None:
            _, said = self._process.communicate()
            assert self._process.returncode == 0, said
            self.signed += 1
        elif time.monotonic() > self._until:
            self.end()
            self.killed += 1
        else:
            return
        self._begin()

    def end(self) -> None:
        """Kill the one at work."""
        self._process.kill()
        self._process.communicate()

    def _begin(self) -> None:
        self._process = self._start()
        doomed = self.signed > 0 and self._chance.random() < 1 / 3
        self._until = time.monotonic() + (self._chance.uniform(1, 5) if doomed else float("inf"))


def test_nothing_is_lost_doubled_skipped_or_forked(office: Office, tmp_path: Path) -> None:
    checkpoints.sign(office.context)
    url, key = str(office.context.settings.database_url), checkpoints.public_key(office.context)
    chance, until = random.Random(7), time.monotonic() + SECONDS
    with ExitStack() as stack:
        asked = []
        for number in range(WITNESSES):
            folder, nguon = tmp_path / f"witness-{number}", Nguon(tmp_path / f"home-{number}")
            vkey = create_key(folder, f"witness.example/{number}")
            address, _ = stack.enter_context(served(nguon, folder, key))
            asked.append(f"{vkey} {address}")
        settings = office.context.settings.model_copy(update={"witnesses": "; ".join(asked)})
        context = Context(settings, TESTER)
        tails = [Tail(url) for _ in range(READERS)]
        home = Nguon(settings.home)
        signer = Signer(home, chance, NGUON_DATABASE_URL=url, NGUON_WITNESSES=str(settings.witnesses))
        stack.callback(signer.end)
        writers = [Writer(url, f"w{number}") for number in range(WRITERS)]
        ended: list[tuple[Writer, list[tuple[int, int, int]]]] = []
        while time.monotonic() < until or not signer.signed:
            move(office.context.engine, timedelta(seconds=chance.randint(-200, 200)))
            victim = chance.randrange(WRITERS)
            writers[victim].wait(chance.choice(STEPS), chance.randrange(2))
            ended.append((writers[victim], writers[victim].end()))
            writers[victim] = Writer(url, f"again{len(ended)}")
            signer.turn()
        ended += [(writer, writer.end()) for writer in writers]
        signer.end()
        move(office.context.engine, timedelta())

        check(office.context.engine, *ended)
        last = checkpoints.sign(context)
        head = int(office.query("select position from events.head")[0].position)
        for tail in tails:
            assert tail.ended() == list(range(1, head + 1)), "a reader skipped something, or had it twice"
        at = [row.recorded_at for row in office.query("select recorded_at from events.event order by position")]
        assert at == sorted(at)
        found = verify(office.context.engine, checkpoints.keys_of(context))
        assert found.signed == found.events == head and found.checkpoints >= 2 + signer.signed - 1
        witnessing.require_unforked(context, key.name)
        assert len(witnessing.seen(context, key.name)) == WITNESSES
        assert len(last.note.signatures) == 1 + WITNESSES
        with office.context.engine.connect() as connection:
            kept = set(connection.execute(text("select size from events.signed_checkpoint")).scalars())
        published = {int(path.stem) for path in outside.folder(settings).glob("*.checkpoint")}
        assert published and published <= kept, "what was published is what was signed"
        context.engine.dispose()


class Tail:
    """A reader that follows the log from its beginning, in a thread of its own."""

    def __init__(self, url: str) -> None:
        self._context = Context(Settings(database_url=url), TESTER)
        self._seen: list[int] = []
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        while not self._over.is_set():
            try:
                for event in follow(self._context.engine, len(self._seen), poll=0.2, idle=1.0):
                    self._seen.append(event.position)
            except NguonError:  # a session that was thrown out is opened again, and goes on where it was
                continue

    def ended(self) -> list[int]:
        """The positions that it saw, in their order, once it has seen all."""
        time.sleep(0.5)
        self._over.set()
        self._thread.join(60)
        self._context.engine.dispose()
        return self._seen
