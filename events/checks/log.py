"""The log, event by event: columns, leaf hash and body agree, time runs forwards, acceptances keep their promise.

One pass in constant memory, which trusts the server with nothing but handing out what it stores.
"""

import gc
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from hashlib import sha256
from operator import attrgetter
from typing import NamedTuple

import psycopg2.extensions
from sqlalchemy import Connection

from events import checks
from events.checks import VerifyFailed
from events.checks.bodies import Body, Reader
from events.database import cursor_of
from events.types.submissions import SubmissionAccepted

_BATCH = 4_096

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

_COLUMNS: dict[str, Callable[[Body], str]] = {
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


def verified_leaves(connection: Connection, head: int, progress: Callable[[int, int], None]) -> Iterator[bytes]:
    """The leaf hash of every event up to `head`, computed from its body, once all is well with the event.

    Raises `VerifyFailed`: `log_gap`, `log_missing`, `log_column`, `log_time`, `log_facts`, and what `Reader.one` does.
    """
    reader, order = Reader(), _Order()
    collecting = gc.isenabled()
    gc.disable()  # Nothing here is cyclic, and looking for cycles among all these bodies takes as long as reading them.
    try:
        for batch in _ahead(connection, head):
            expected = min(_BATCH, head - batch.after)
            if batch.events != expected:
                checks.run(connection, checks.GAP)
                raise VerifyFailed("log_missing", first=batch.after + 1, last=batch.after + expected)
            bodies, leaves = _quickly(reader, batch) or _closely(reader, connection, batch.after)
            order.follow(batch.after, bodies)
            yield from leaves
            progress(batch.after + expected, head)
    finally:
        if collecting:
            gc.enable()
    order.end()


def _quickly(reader: Reader, batch: _Batch) -> tuple[list[Body], list[bytes]] | None:
    """Bodies and leaf hashes of a batch in which all is well at first sight."""
    bodies = reader.lines(batch.bodies)
    if bodies is None:
        return None
    for stored, said in zip(batch.columns, _COLUMNS.values(), strict=True):
        if "\n".join(map(said, bodies)).encode() != stored:
            return None
    leaves = [sha256(b"\x00" + text).digest() for text in batch.bodies.split(b"\n")]
    return (bodies, leaves) if b"".join(leaves) == batch.leaves else None


def _closely(reader: Reader, connection: Connection, after: int) -> tuple[list[Body], list[bytes]]:
    """Bodies and leaf hashes of a batch, event by event, which names what is wrong."""
    bodies, leaves = [], []
    with cursor_of(connection) as cursor:
        cursor.execute(_ONE_BY_ONE, (after, after + _BATCH))
        for position, text, leaf, *columns in cursor:
            body = reader.one(position, text.encode())
            for (name, said), stored in zip(_COLUMNS.items(), columns, strict=True):
                if stored != said(body):
                    raise VerifyFailed("log_column", position=position, column=name)
            leaves.append(sha256(b"\x00" + text.encode()).digest())
            if bytes(leaf) != leaves[-1]:
                raise VerifyFailed("log_column", position=position, column="leaf_hash")
            bodies.append(body)
    return bodies, leaves


@dataclass
class _Order:
    """What has to be remembered from one event to the next."""

    at: str = ""
    submission: str = ""
    accepted: int = 0
    due: int = 0

    def follow(self, after: int, bodies: list[Body]) -> None:
        """Go on with the events after a position."""
        for position, body in enumerate(bodies, start=after + 1):
            if body.at < self.at:
                raise VerifyFailed("log_time", found=position)
            self.at = body.at
            if self.due:
                if body.cause is None or body.cause.submission != self.submission:
                    raise VerifyFailed("log_facts", position=self.accepted)
                self.due -= 1
            elif type(body).__name__ == "SubmissionAccepted":
                accepted: SubmissionAccepted = body.data  # type: ignore[attr-defined]
                self.accepted, self.submission, self.due = position, accepted.submission, accepted.facts
            elif body.cause is not None:
                raise VerifyFailed("log_facts", position=self.accepted or position)

    def end(self) -> None:
        """Nothing may be owed at the end of the log."""
        if self.due:
            raise VerifyFailed("log_facts", position=self.accepted)


def _ahead(connection: Connection, head: int) -> Iterator[_Batch]:
    """Batches up to `head`: while one is looked at, the server puts the next together."""

    def read(after: int) -> _Batch:
        with cursor_of(connection) as cursor:
            psycopg2.extensions.register_type(psycopg2.extensions.BYTES, cursor)
            cursor.execute(_READ, (after, min(after + _BATCH, head)))
            count, bodies, leaves, *columns = cursor.fetchone()
        return _Batch(after, count, bodies, bytes(leaves or b""), columns)

    with ThreadPoolExecutor(1) as pool:
        coming = pool.submit(read, 0)
        for after in range(_BATCH, head + _BATCH, _BATCH):
            batch = coming.result()
            if after < head:
                coming = pool.submit(read, after)
            yield batch
