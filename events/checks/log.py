"""The log, event by event: set-wise without opening the bodies, and body by body where nothing signed binds them."""

import gc
import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from hashlib import sha256
from operator import attrgetter
from pathlib import Path
from typing import NamedTuple, get_args

import psycopg2.extensions
from sqlalchemy import Connection

from events import checks
from events.checks import VerifyFailed
from events.checks.bodies import Body, Reader
from events.database import cursor_of
from events.log.recorded import version_of
from events.proof.merkle import HASH_SIZE
from events.types import TYPES
from events.types.submissions import FollowedByFacts

_AHEAD = 16_384
_BATCH = 4_096

_COLUMNS = Path(__file__).with_name("columns.sql").read_text(encoding="utf-8")

_LEAVES = """
select count(*), string_agg(leaf_hash, ''::bytea order by position)
from events.event
where position > %s and position <= %s
"""

_TIME = "to_char(recorded_at at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"

_READ = f"""
select count(*), string_agg(body::text, E'\\n' order by position),
    string_agg(leaf_hash, ''::bytea order by position),
    string_agg(stream, E'\\n' order by position), string_agg(stream_version::text, E'\\n' order by position),
    string_agg(type, E'\\n' order by position), string_agg({_TIME}, E'\\n' order by position)
from events.event
where position > %s and position <= %s
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
    """Events after a position: how many, and their bodies, leaf hashes and columns, each joined into one."""

    after: int
    events: int
    bodies: bytes
    leaves: bytes
    columns: list[bytes]


def verify_columns(connection: Connection) -> None:
    """Recompute every leaf hash and compare every stream, version and type, in the server.

    Raises `VerifyFailed` (`log_column`) for the first event that differs; which column, `open_bodies` finds out.
    """
    versions = json.dumps({name: version_of(name) for name in TYPES})
    position = connection.exec_driver_sql(_COLUMNS, {"versions": versions}).scalar()
    if position is not None:
        raise VerifyFailed("log_column", position=position, column="body")


def stored_leaves(connection: Connection, head: int, progress: Callable[[int, int], None]) -> Iterator[bytes]:
    """The leaf hash of every event up to `head`, as stored.

    Raises `VerifyFailed`: `log_gap`, `log_missing`.
    """
    with cursor_of(connection) as cursor:
        for after in range(0, head, _AHEAD):
            expected = min(_AHEAD, head - after)
            cursor.execute(_LEAVES, (after, after + expected))
            count, joined = cursor.fetchone()
            _require_all(connection, after, count, expected)
            hashes = bytes(joined)
            yield from (hashes[at : at + HASH_SIZE] for at in range(0, len(hashes), HASH_SIZE))
            progress(after + expected, head)


def open_bodies(
    connection: Connection, after: int, head: int, progress: Callable[[int, int], None] = lambda done, of: None
) -> None:
    """Open the body of every event after a position, in constant memory, trusting the server with nothing but reading.

    Raises `VerifyFailed`: `log_gap`, `log_missing`, `log_column`, `log_time`, `log_facts` (an event is not
    followed by the facts that it announced), and what `Reader.one` does.
    """
    reader, order = Reader(), _Order()
    collecting = gc.isenabled()
    gc.disable()  # Nothing here is cyclic, and looking for cycles among all these bodies takes as long as reading them.
    try:
        for batch in _ahead(connection, after, head):
            expected = min(_BATCH, head - batch.after)
            _require_all(connection, batch.after, batch.events, expected)
            order.follow(batch.after, _quickly(reader, batch) or _closely(reader, connection, batch.after))
            progress(batch.after + expected, head)
    finally:
        if collecting:
            gc.enable()
    order.end()


def _require_all(connection: Connection, after: int, count: int, expected: int) -> None:
    if count != expected:
        checks.run(connection, checks.GAP)
        raise VerifyFailed("log_missing", first=after + 1, last=after + expected)


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


def _closely(reader: Reader, connection: Connection, after: int) -> list[Body]:
    """The bodies of a batch, event by event, which names what is wrong."""
    bodies = []
    with cursor_of(connection) as cursor:
        cursor.execute(_ONE_BY_ONE, (after, after + _BATCH))
        for position, text, leaf, *columns in cursor:
            body = reader.one(position, text.encode())
            for (name, said), stored in zip(_SAID.items(), columns, strict=True):
                if stored != said(body):
                    raise VerifyFailed("log_column", position=position, column=name)
            if bytes(leaf) != sha256(b"\x00" + text.encode()).digest():
                raise VerifyFailed("log_column", position=position, column="leaf_hash")
            bodies.append(body)
    return bodies


_FOLLOWED = {kind.__name__ for kind in get_args(FollowedByFacts)}


@dataclass
class _Order:
    """What has to be remembered from one event to the next."""

    at: str = ""
    submission: str = ""
    before: int = 0
    due: int = 0

    def follow(self, after: int, bodies: list[Body]) -> None:
        """Go on with the events after a position."""
        for position, body in enumerate(bodies, start=after + 1):
            if body.at < self.at:
                raise VerifyFailed("log_time", found=position)
            self.at = body.at
            if self.due:
                if body.cause is None or body.cause.submission != self.submission:
                    raise VerifyFailed("log_facts", position=self.before)
                self.due -= 1
            elif type(body).__name__ in _FOLLOWED:
                followed: FollowedByFacts = body.data  # type: ignore[attr-defined]
                self.before, self.submission, self.due = position, followed.submission, followed.facts
            elif body.cause is not None:
                raise VerifyFailed("log_facts", position=self.before or position)

    def end(self) -> None:
        """Nothing may be owed at the end of the log."""
        if self.due:
            raise VerifyFailed("log_facts", position=self.before)


def _ahead(connection: Connection, after: int, head: int) -> Iterator[_Batch]:
    """Batches from after a position up to `head`: while one is looked at, the server puts the next together."""

    def read(after: int) -> _Batch:
        with cursor_of(connection) as cursor:
            psycopg2.extensions.register_type(psycopg2.extensions.BYTES, cursor)
            cursor.execute(_READ, (after, min(after + _BATCH, head)))
            count, bodies, leaves, *columns = cursor.fetchone()
        return _Batch(after, count, bodies, bytes(leaves or b""), columns)

    with ThreadPoolExecutor(1) as pool:
        coming = pool.submit(read, after)
        for start in range(after, head, _BATCH):
            batch = coming.result()
            if start + _BATCH < head:
                coming = pool.submit(read, start + _BATCH)
            yield batch
