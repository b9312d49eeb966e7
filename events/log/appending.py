"""Appending to the log: a batch is recorded whole, in order, without a gap, or not at all."""

import json
from collections.abc import Collection, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import chain, islice
from struct import Struct
from typing import NamedTuple, cast

import psycopg2
from psycopg2 import errorcodes
from sqlalchemy import Connection, text

from events.database import cursor_of
from events.errors import TerminalError, TransientError
from events.log.recorded import AT_LENGTH, NewEvent, stamp, unstamped

TOLERANCE = timedelta(minutes=5)
"""How far this process's clock and the server's may be apart: beyond that one of them is wrong, and who knows which."""

_LOCK = "savepoint append; select * from events.lock_head(%s, %s)"
_COPY = """
copy events.event (position, stream, stream_version, type, recorded_at, body) from stdin (format binary);
release savepoint append
"""
_HEADER, _TRAILER = b"PGCOPY\n\xff\r\n\0" + bytes(8), b"\xff\xff"
_FIRST, _MIDDLE, _LENGTH = Struct("!hiqi").pack, Struct("!iii").pack, Struct("!i").pack
"""What stands around the texts of a row: the number of its fields, and before each field its length."""
_EPOCH, _MICROSECOND = datetime(2000, 1, 1, tzinfo=UTC), timedelta(microseconds=1)
_CHUNK = 25
"""Events serialised at a time, about as much as is sent at once: while the server takes it, the next are made."""


class Appended(NamedTuple):
    """Where a batch stands: first and last position, and whether it stood there before (a repeat)."""

    first: int
    last: int
    repeated: bool


class WrongExpectedVersion(TransientError):
    """A stream is not where the batch expects it: `stream`, `expected` version before the batch, version `found`."""


class LawBroken(TerminalError):
    """A write went around `append` and broke a law of the log."""


def append(connection: Connection, events: Iterable[NewEvent], by: str) -> Appended:
    """Record events, inside the transaction of `connection`; they stand once the caller commits.

    All are `by` one actor. The batch may touch many streams, and is streamed: an iterator of millions needs no more
    memory than a list of hundreds. A repeat of a batch that stands already changes nothing and answers with its first
    positions. Must be called under READ COMMITTED; holds the head's lock until the end of the transaction. Raises
    WrongExpectedVersion, TransientError `clocks_apart` and UsageError `invalid_event`; the transaction is then as it
    was before the call.
    """
    stream = iter(events)
    try:
        first = next(stream)
    except StopIteration:
        raise TerminalError("empty_append") from None
    unstamped(first, by)  # If it is to be refused, then before anybody waits for the head.
    with cursor_of(connection) as cursor:
        head, at, standing = _locked(cursor, first)
        batch = chain([first], stream)
        if standing is not None:
            return _repeat(cursor, first, batch, by, standing)
        rows = _Rows(batch, by, head, at)
        try:
            cursor.copy_expert(_COPY, rows, size=1 << 17)
        except psycopg2.Error as error:
            cursor.execute("rollback to savepoint append")
            if rows.failure is not None:
                raise rows.failure from None
            raise _explained(cursor, error) from error
        return Appended(head + 1, rows.position, repeated=False)


def _locked(cursor: psycopg2.extensions.cursor, first: NewEvent) -> tuple[int, datetime, int | None]:
    """Lock the head: its position, the time to stamp, and where the first event of the batch stands already.

    The server waits a second at a time, so that a Ctrl-C ends the waiting.
    """
    while True:
        before = _now()
        try:
            cursor.execute(_LOCK, (first.stream, first.version))
        except psycopg2.errors.LockNotAvailable:
            cursor.execute("rollback to savepoint append; select events.free_head()")
            continue
        head, at, clock, standing = cursor.fetchone()
        if not before - TOLERANCE <= clock <= _now() + TOLERANCE:
            cursor.execute("rollback to savepoint append")
            raise TransientError(
                "clocks_apart", here=f"{before:%Y-%m-%d %H:%M:%S} UTC", there=f"{clock:%Y-%m-%d %H:%M:%S} UTC"
            )
        return head, at, standing


def _now() -> datetime:
    return datetime.now(UTC)


def head(connection: Connection) -> tuple[int, datetime]:
    """The last position of the log (0 if it is empty) and its time."""
    row = connection.exec_driver_sql("select position, recorded_at from events.head").one()
    return row.position, row.recorded_at


def stream_versions(connection: Connection, streams: Collection[str]) -> dict[str, int]:
    """The last version of each stream; those without events are left out."""
    rows = connection.execute(
        text("select stream, max(stream_version) as version from events.event where stream = any(:s) group by stream"),
        {"s": list(streams)},
    )
    return {row.stream: row.version for row in rows}


class _Rows:
    """The batch as a file in COPY's binary format, made while it is read: the server has no text to take apart."""

    def __init__(self, events: Iterator[NewEvent], by: str, head: int, at: datetime) -> None:
        self._events, self._by = events, by
        self._opening = stamp(at)
        self._at = _LENGTH(8) + ((at - _EPOCH) // _MICROSECOND).to_bytes(8, "big", signed=True)
        self._parts = chain([_HEADER], iter(self._chunk, b""), [_TRAILER])
        self.position = head
        self.failure: Exception | None = None

    def read(self, _size: int = -1) -> bytes:
        try:
            return next(self._parts, b"")
        except Exception as error:
            # psycopg2 would hide it behind an error of its own.
            self.failure = error
            raise

    def _chunk(self) -> bytes:
        parts: list[bytes] = []
        for event in islice(self._events, _CHUNK):
            body = unstamped(event, self._by)
            stream, kind = event.stream.encode(), type(event.payload).__name__.encode()
            self.position += 1
            parts += (
                _FIRST(6, 8, self.position, len(stream)),
                stream,
                _MIDDLE(4, event.version, len(kind)),
                kind,
                self._at,
                _LENGTH(len(self._opening) + len(body) - 1),
                self._opening,
                body[1:],
            )
        return b"".join(parts)


def _repeat(
    cursor: psycopg2.extensions.cursor, first: NewEvent, batch: Iterator[NewEvent], by: str, standing: int
) -> Appended:
    position = standing
    while chunk := list(islice(batch, 5_000)):
        cursor.execute(
            "select body::text from events.event where position >= %s and position < %s order by position",
            (position, position + len(chunk)),
        )
        found = [row[0][AT_LENGTH:].encode() for row in cursor]
        for event, body in zip(chunk, chain(found, [None] * len(chunk)), strict=False):
            if body != unstamped(event, by)[1:]:
                # An event that is new in itself stands beside a first one that is not: then the first is in the way.
                found_version = _version(cursor, event.stream)
                blamed = event if found_version >= event.version else first
                raise WrongExpectedVersion(
                    "wrong_expected_version",
                    stream=blamed.stream,
                    expected=blamed.version - 1,
                    found=_version(cursor, blamed.stream),
                )
        position += len(chunk)
    cursor.execute("release savepoint append")
    return Appended(standing, position - 1, repeated=True)


def _version(cursor: psycopg2.extensions.cursor, stream: str) -> int:
    cursor.execute("select coalesce(max(stream_version), 0) from events.event where stream = %s", (stream,))
    return int(cursor.fetchone()[0])


def _explained(cursor: psycopg2.extensions.cursor, error: psycopg2.Error) -> Exception:
    code, detail = error.pgcode, error.diag.message_detail or ""
    if code == errorcodes.UNIQUE_VIOLATION and "(stream, stream_version)" in detail:
        stream, _, version = detail.split("=(", 1)[1].split(")", 1)[0].rpartition(", ")
        return WrongExpectedVersion(
            "wrong_expected_version", stream=stream, expected=int(version) - 1, found=_version(cursor, stream)
        )
    if code == "NG003":
        told = json.loads(detail)
        return WrongExpectedVersion(
            "wrong_expected_version",
            stream=told["stream"],
            expected=told["expected"],
            found=_version(cursor, told["stream"]),
        )
    if code in ("NG001", "NG002", "NG007", "NG008"):
        return LawBroken("law_broken", law=error.diag.message_primary, **json.loads(detail))
    return cast(Exception, error)
