"""Appending to the log: a batch is recorded whole, in order, without a gap, or not at all."""

import json
from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from itertools import chain, islice
from typing import NamedTuple, cast

import psycopg2
from psycopg2 import errorcodes
from sqlalchemy import Connection, text

from events.database import cursor_of
from events.errors import TerminalError, TransientError
from events.recorded import AT_LENGTH, NewEvent, stamp, unstamped

_LOCK = "savepoint append; select * from events.lock_head(%s, %s)"
_COPY = """
copy events.event (position, stream, stream_version, type, recorded_at, body) from stdin;
release savepoint append
"""
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


def append(connection: Connection, events: Iterable[NewEvent]) -> Appended:
    """Record events, inside the transaction of `connection`; they stand once the caller commits.

    The batch may touch many streams, and is streamed: an iterator of millions needs no more memory
    than a list of hundreds. A repeat of a batch that stands already changes nothing and answers with
    its first positions. Must be called under READ COMMITTED; holds the head's lock until the end of
    the transaction. Raises WrongExpectedVersion and UsageError `invalid_event`; the transaction is
    then as it was before the call.
    """
    stream = iter(events)
    try:
        first = next(stream)
    except StopIteration:
        raise TerminalError("empty_append") from None
    with cursor_of(connection) as cursor:
        cursor.execute(_LOCK, (first.stream, first.version))
        head, at, standing = cursor.fetchone()
        batch = chain([first], stream)
        if standing is not None:
            return _repeat(cursor, first, batch, standing)
        lines = _Lines(batch, head, at)
        try:
            cursor.copy_expert(_COPY, lines, size=1 << 17)
        except psycopg2.Error as error:
            cursor.execute("rollback to savepoint append")
            if lines.failure is not None:
                raise lines.failure from None
            raise _explained(cursor, error) from error
        return Appended(head + 1, lines.position, repeated=False)


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


class _Lines:
    """The batch as a file in COPY's text format, made while it is read."""

    def __init__(self, events: Iterator[NewEvent], head: int, at: datetime) -> None:
        self._events = events
        self._at_and_opening = at.isoformat().encode() + b"\t" + stamp(at)
        self.position = head
        self.failure: Exception | None = None

    def read(self, _size: int = -1) -> bytes:
        try:
            return b"".join(self._line(event) for event in islice(self._events, _CHUNK))
        except Exception as error:
            # psycopg2 would hide it behind an error of its own.
            self.failure = error
            raise

    def _line(self, event: NewEvent) -> bytes:
        body = unstamped(event)
        self.position += 1
        columns = f"{self.position}\t{event.stream}\t{event.version}\t{type(event.payload).__name__}\t"
        return columns.encode() + self._at_and_opening + body[1:].replace(b"\\", b"\\\\") + b"\n"


def _repeat(cursor: psycopg2.extensions.cursor, first: NewEvent, batch: Iterator[NewEvent], standing: int) -> Appended:
    position = standing
    while chunk := list(islice(batch, 5_000)):
        cursor.execute(
            "select body::text from events.event where position >= %s and position < %s order by position",
            (position, position + len(chunk)),
        )
        found = [row[0][AT_LENGTH:].encode() for row in cursor]
        for event, body in zip(chunk, chain(found, [None] * len(chunk)), strict=False):
            if body != unstamped(event)[1:]:
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
    if code in ("NG001", "NG002"):
        return LawBroken("law_broken", law=error.diag.message_primary, **json.loads(detail))
    return cast(Exception, error)
