"""Intake: each file's bytes go into the vault and its receipt into the log, many files in one transaction."""

import os
import stat
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import BinaryIO, NamedTuple

from events import log, vault
from events.errors import UsageError
from events.log.recorded import NewEvent
from events.types.submissions import SubmissionReceived
from events.vault import matching, mentions
from flows.blame import lies_in_the_file, note
from flows.context import Context, alone
from flows.covers import Cover, read_covers
from flows.reading import READER
from schemas.gate import workbook
from schemas.gate.mentioned import words_of
from warehouse.projections import project

LARGEST = 50 << 20
"""Bytes: no form comes near; what is larger is not taken in."""

BATCH, BATCH_BYTES = 200, 64 << 20
"""Files, and bytes of them, taken in together: bounds memory, and the work that a crash repeats."""


@dataclass(frozen=True)
class Incoming:
    """A file to take in, and the day on which the unit handed it in."""

    path: Path
    received_on: date


@dataclass(frozen=True)
class Receipt:
    """The submission that a file became; `repeated` if the same bytes were received before."""

    submission: str
    path: Path
    repeated: bool


@dataclass(frozen=True)
class NotTaken:
    """A file that could not be taken in, and why, as the error that a person is told."""

    path: Path
    error: UsageError


class _Content(NamedTuple):
    incoming: Incoming
    content: bytes
    fingerprint: bytes


class _Read(NamedTuple):
    """What is read of a file before it is kept: its cover, and whom it may name."""

    cover: workbook.Workbook
    words: list[int]


def receive(context: Context, files: Iterable[Incoming]) -> Iterator[list[Receipt | NotTaken]]:
    """Record files, a batch a transaction, and say batch by batch what each became, in their order.

    A file whose bytes are known already is answered with its first receipt; one that cannot be taken stops no other.
    Why: UsageError `file_missing`, `file_is_folder`, `file_irregular`, `file_too_large`, `file_unreadable`,
    `file_unforeseen`.
    """
    batch: list[_Content | NotTaken] = []
    size = 0
    for incoming in files:
        try:
            content = read_file(incoming.path)
        except UsageError as refused:
            batch.append(NotTaken(incoming.path, refused))
        else:
            if size + len(content) > BATCH_BYTES:
                yield _record(context, batch)
                batch, size = [], 0
            batch.append(_Content(incoming, content, vault.match(context.matching_key, content)))
            size += len(content)
        if len(batch) >= BATCH:
            yield _record(context, batch)
            batch, size = [], 0
    if batch:
        yield _record(context, batch)


def read_file(path: Path) -> bytes:
    """The bytes of a file that may be taken in. Raises UsageError, whose key begins with `file_`."""
    with opened(path) as file:
        if len(content := file.read(LARGEST + 1)) > LARGEST:
            raise _too_large(path)
        return content


@contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """A file that may be taken in, as far as can be told without reading it. Raises UsageError as `read_file` does."""
    try:
        # Opening is an event for a pipe or a device; and what is opened may be another file by then.
        _require_file(path, path.stat())
        with os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as file:
            _require_file(path, os.fstat(file.fileno()))
            yield file
    except FileNotFoundError:
        raise UsageError("file_missing", file=path) from None
    except OSError as error:
        raise UsageError("file_unreadable", file=path, reason=error.strerror) from None


def _require_file(path: Path, status: os.stat_result) -> None:
    if stat.S_ISDIR(status.st_mode):
        raise UsageError("file_is_folder", file=path)
    if not stat.S_ISREG(status.st_mode):
        raise UsageError("file_irregular", file=path)
    if status.st_size > LARGEST:
        raise _too_large(path)


def _too_large(path: Path) -> UsageError:
    return UsageError("file_too_large", file=path, megabytes=LARGEST >> 20)


def _record(context: Context, batch: Sequence[_Content | NotTaken]) -> list[Receipt | NotTaken]:
    """Record a batch whole; where one of its files makes that fail, in halves, until that file is alone."""
    taken = [one for one in batch if isinstance(one, _Content)]
    if not taken:
        return [one for one in batch if isinstance(one, NotTaken)]
    try:
        receipts = iter(_record_together(context, taken))
    except BaseException as failure:
        if not lies_in_the_file(failure):
            raise
        if len(batch) > 1:
            half = len(batch) // 2
            return _record(context, batch[:half]) + _record(context, batch[half:])
        note(context.settings, failure)
        path = taken[0].incoming.path
        return [NotTaken(path, UsageError("file_unforeseen", file=path, kind=type(failure).__name__))]
    return [next(receipts) if isinstance(one, _Content) else one for one in batch]


def _record_together(context: Context, batch: Sequence[_Content]) -> list[Receipt]:
    project.project(context.engine)
    books = _books(context, batch)
    context.keystore.reserve(len(books))
    with context.engine.connect() as connection, alone(connection, "intake"), connection.begin():
        matching.require(connection, context.matching_key)
        known = vault.submission_of(connection, [one.fingerprint for one in batch])
        # One that was known a moment ago may have been erased in between.
        lacking = [one for one in batch if one.fingerprint not in known.keys() | books.keys()]
        books |= {one.fingerprint: _read(context, one.content) for one in lacking}
        position, _ = log.head(connection)
        covers = read_covers(connection, {key: read.cover for key, read in books.items()}, position)
        receipts, events = [], []
        for incoming, content, fingerprint in batch:
            repeated = fingerprint in known
            if not repeated:
                key = context.keystore.new()
                known[fingerprint] = key.owner
                # Old archives bring names that are no UTF-8.
                name = os.fsencode(incoming.path.name).decode(errors="replace")
                sealed = vault.seal_file(name, content)
                vault.add_file(connection, key, name, sealed, fingerprint)
                mentions.put(connection, context.matching_key, key.owner, mentions.FILE, books[fingerprint].words)
                events.append(_received(key.owner, incoming, content, sealed, covers[fingerprint]))
            receipts.append(Receipt(known[fingerprint], incoming.path, repeated))
        if events:
            log.append(connection, events, context.actor)
    return receipts


def _books(context: Context, batch: Sequence[_Content]) -> dict[bytes, _Read]:
    """What is read of what is new, by fingerprint: before the lock is taken, since a file may be slow to read."""
    with context.engine.connect() as connection:
        known = vault.submission_of(connection, [one.fingerprint for one in batch])
    return {one.fingerprint: _read(context, one.content) for one in batch if one.fingerprint not in known}


def _read(context: Context, content: bytes) -> _Read:
    cover, everything = READER.read(content, "cover").read, READER.read(content, "all").read
    words = words_of(content, everything.sheets if everything else None)
    return _Read(workbook.cover(cover.sheets if cover else {}), mentions.hashed(context.matching_key, words))


def _received(
    submission: str,
    incoming: Incoming,
    content: bytes,
    sealed: vault.Sealed,
    cover: Cover,
) -> NewEvent:
    payload = SubmissionReceived(
        submission,
        incoming.received_on,
        sealed.commitment.hex(),
        len(content),
        unit=cover.unit,
        period=cover.period.code if cover.period else None,
        form=cover.form.key if cover.form else None,
        form_version=cover.form.version if cover.form else None,
    )
    return NewEvent(f"submission-{submission}", 1, payload)
