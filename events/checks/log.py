"""The log, event by event: set-wise without opening the bodies, and body by body where nothing signed binds them."""

import gc
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from hashlib import sha256
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import NamedTuple, get_args

import psycopg2.extensions
from sqlalchemy import Connection

from events import checks
from events.checks import Fault, VerifyFailed
from events.checks.bodies import Body, Reader
from events.database import cursor_of
from events.log.recorded import version_of
from events.proof.merkle import HASH_SIZE
from events.proof.tiles import TILE_WIDTH
from events.types import TYPES
from events.types.submissions import FollowedByFacts

_AHEAD = 16_384
_BATCH = 4_096

_COLUMNS = Path(__file__).with_name("columns.sql").read_text(encoding="utf-8")

_CHUNK = """
select count(*), max(position), string_agg(leaf_hash, ''::bytea order by position)
from (select position, leaf_hash from events.event where position > %s order by position limit %s) e
"""

_LEAVES_ONE_BY_ONE = """
select position, leaf_hash from events.event where position > %s and position <= %s order by position
"""

_TIME = "to_char(recorded_at at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"

_READ = f"""
select count(*), max(position), string_agg(body::text, E'\\n' order by position),
    string_agg(leaf_hash, ''::bytea order by position),
    string_agg(stream, E'\\n' order by position), string_agg(stream_version::text, E'\\n' order by position),
    string_agg(type, E'\\n' order by position), string_agg({_TIME}, E'\\n' order by position)
from (select * from events.event where position > %s order by position limit {_BATCH}) e
"""

_ONE_BY_ONE = f"""
select position, body::text, leaf_hash, stream, stream_version::text, type, {_TIME}
from events.event
where position > %s and position <= %s
order by position
"""

_SAID: dict[str, Callable[[Body], str]] = {
    "stream": attrgetter("stream"),
    "stream_version": lambda body: str(body.version),
    "type": lambda body: type(body).__name__,
    "recorded_at": attrgetter("at"),
}
"""What the body says of each column."""


class _Batch(NamedTuple):
    """The next events after a position: how many, the last one's position, and their bodies, leaf hashes and columns.

    Each of these joined into one.
    """

    after: int
    events: int
    last: int
    bodies: bytes
    leaves: bytes
    columns: list[bytes]

    @property
    def gapless(self) -> bool:
        return self.events == self.last - self.after


def verify_columns(connection: Connection) -> Iterator[Fault]:
    """Recompute every leaf hash and compare every stream, version and type, in the server.

    Faults: `log_column` for each event that differs; which column, `open_bodies` finds out.
    """
    versions = {"versions": json.dumps({name: version_of(name) for name in TYPES})}
    if connection.exec_driver_sql(f"select min(position) from ({_COLUMNS}) different", versions).scalar() is None:
        return
    rows = connection.exec_driver_sql(f"{_COLUMNS} order by position", versions).scalars()
    yield from checks.at_most((Fault("log_column", {"position": at, "column": "body"}) for at in rows), "columns")


def last_position(connection: Connection) -> int:
    """The position of the last event that is there, whatever the head says."""
    return int(connection.exec_driver_sql("select coalesce(max(position), 0) from events.event").scalar_one())


def stored_leaves(
    connection: Connection, progress: Callable[[int, int], None] = lambda done, of: None
) -> Iterator[tuple[int, bytes]]:
    """The leaf hashes of all events, as stored: runs of a first position and of hashes joined, without a gap in each.

    A run begins where a tile of the Merkle tree does, unless the event before it is missing.
    """
    after, last = 0, last_position(connection)
    with cursor_of(connection) as cursor:
        while after < last:
            cursor.execute(_CHUNK, (after, _AHEAD - after % TILE_WIDTH))
            count, upto, joined = cursor.fetchone()
            if count == upto - after and len(joined) == count * HASH_SIZE:
                yield after + 1, bytes(joined)
            else:
                cursor.execute(_LEAVES_ONE_BY_ONE, (after, upto))
                yield from _runs(cursor.fetchall())
            after = upto
            progress(after, last)


def _runs(rows: Sequence[tuple[int, memoryview]]) -> Iterator[tuple[int, bytes]]:
    """Leaf hashes of 32 bytes with their positions, as runs without a gap; what is no hash is as good as missing."""
    leaves = [(position, leaf) for position, leaf in rows if len(leaf) == HASH_SIZE]
    for _, run in groupby(enumerate(leaves), key=lambda numbered: numbered[1][0] - numbered[0]):
        found = [leaf for _, leaf in run]
        yield found[0][0], b"".join(leaf for _, leaf in found)


def open_bodies(
    connection: Connection, after: int, head: int, progress: Callable[[int, int], None] = lambda done, of: None
) -> Iterator[Fault]:
    """Open the body of every event after a position, in constant memory, trusting the server with nothing but reading.

    Gives however many faults there are: `log_column`, `log_time`, `log_facts` (an event is not followed by the facts
    that it announced), and what `Reader.one` raises. Events that are missing are passed over.
    """
    reader, order = Reader(), _Order()
    collecting = gc.isenabled()
    gc.disable()  # Nothing here is cyclic, and looking for cycles among all these bodies takes as long as reading them.
    try:
        for batch in _ahead(connection, after, head):
            bodies = _quickly(reader, batch) if batch.gapless else None
            if bodies is None:
                faults, numbered = _closely(reader, connection, batch.after, batch.last)
                yield from faults
                yield from order.follow(numbered)
            else:
                yield from order.follow(enumerate(bodies, start=batch.after + 1))
            progress(batch.last, head)
    finally:
        if collecting:
            gc.enable()
    yield from order.end()


def _quickly(reader: Reader, batch: _Batch) -> list[Body] | None:
    """The bodies of a batch in which all is well at first sight."""
    bodies = reader.lines(batch.bodies)
    if bodies is None:
        return None
    for stored, said in zip(batch.columns, _SAID.values(), strict=True):
        if "\n".join(map(said, bodies)).encode() != stored:
            return None
    leaves = b"".join(sha256(b"\x00" + text).digest() for text in batch.bodies.split(b"\n"))
    return bodies if leaves == batch.leaves else None


def _closely(
    reader: Reader, connection: Connection, after: int, upto: int
) -> tuple[list[Fault], list[tuple[int, Body | None]]]:
    """What is wrong with events, looked at one by one, and their bodies; none where it can't be read."""
    faults: list[Fault] = []
    bodies: list[tuple[int, Body | None]] = []
    with cursor_of(connection) as cursor:
        cursor.execute(_ONE_BY_ONE, (after, upto))
        for position, text, leaf, *columns in cursor:
            body = None
            wrong = [] if bytes(leaf) == sha256(b"\x00" + text.encode()).digest() else ["leaf_hash"]
            try:
                body = reader.one(position, text.encode())
            except VerifyFailed as failure:
                faults.append(Fault(failure.key.removeprefix("verify."), failure.details))
            else:
                told = zip(_SAID.items(), columns, strict=True)
                wrong = [*(name for (name, said), stored in told if stored != said(body)), *wrong]
            faults += [Fault("log_column", {"position": position, "column": column}) for column in wrong]
            bodies.append((position, body))
    return faults, bodies


_FOLLOWED = {kind.__name__ for kind in get_args(FollowedByFacts)}


@dataclass
class _Order:
    """What has to be remembered from one event to the next."""

    at: str = ""
    position: int = 0
    submission: str = ""
    before: int = 0
    due: int = 0
    blind: bool = False
    """Something could not be read: what follows may have been announced by it."""

    def follow(self, bodies: Iterable[tuple[int, Body | None]]) -> Iterator[Fault]:
        """Go on with events; what is wrong with the place of each."""
        for position, body in bodies:
            if body is None or position != self.position + 1:
                self.due, self.blind = 0, True
            self.position = position
            if body is None:
                continue
            if body.at < self.at:
                yield Fault("log_time", {"found": position})
            self.at = body.at
            if self.due and body.cause is not None and body.cause.submission == self.submission:
                self.due -= 1
                continue
            if self.due:
                yield Fault("log_facts", {"position": self.before})
                self.due, self.blind = 0, body.cause is not None
            if type(body).__name__ in _FOLLOWED:
                followed: FollowedByFacts = body.data  # type: ignore[attr-defined]
                self.before, self.submission, self.due = position, followed.submission, followed.facts
                self.blind = False
            elif body.cause is None:
                self.blind = False
            elif not self.blind:
                yield Fault("log_facts", {"position": self.before or position})
                self.blind = True

    def end(self) -> Iterator[Fault]:
        """Nothing may be owed at the end of the log."""
        if self.due:
            yield Fault("log_facts", {"position": self.before})


def _ahead(connection: Connection, after: int, head: int) -> Iterator[_Batch]:
    """Batches from after a position up to `head`: while one is looked at, the server puts the next together."""

    def read(after: int) -> _Batch:
        with cursor_of(connection) as cursor:
            psycopg2.extensions.register_type(psycopg2.extensions.BYTES, cursor)
            cursor.execute(_READ, (after,))
            count, last, bodies, leaves, *columns = cursor.fetchone()
        return _Batch(after, count, int(last), bodies, bytes(leaves), columns)

    with ThreadPoolExecutor(1) as pool:
        coming = pool.submit(read, after) if after < head else None
        while coming is not None:
            batch = coming.result()
            coming = pool.submit(read, batch.last) if batch.last < head else None
            yield batch
