"""Folders of workbooks: what lies in them, on which day each came, taking them in a batch at a time, finding copies."""

import os
import re
from collections.abc import Collection, Iterator, Sequence
from datetime import date
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from events import vault
from events.errors import UsageError
from events.vault.erasure import Kept
from flows.context import Context
from flows.intake import BATCH, Incoming, NotTaken, Receipt, opened, receive


class Found(NamedTuple):
    """What lies in a folder: workbooks in order of arrival, and what is not to be taken in, each with the reason."""

    workbooks: list[Incoming]
    others: list[NotTaken]


class Taken(NamedTuple):
    """How many files were recorded, how many were known already, and how many could not be taken in."""

    received: int = 0
    repeated: int = 0
    refused: int = 0

    def plus(self, other: "Taken") -> "Taken":
        """Both together."""
        return Taken(*(mine + its for mine, its in zip(self, other, strict=True)))


def search(folder: Path, today: date, changed_before: float | None = None) -> Found:
    """The workbooks in a folder and below, in order of arrival, so that a revision comes after what it revises.

    A file in a folder named like 2025-06-20 came on that day, any other `today`. Passed over are files changed at or
    after `changed_before` (seconds since 1970: somebody may still be copying them), and what a spreadsheet has open.
    What is not to be taken in comes with a UsageError as in `receive`, or `file_format`; so does a folder that cannot
    be looked into, as `file_unreadable`.
    """
    found: list[tuple[date, float, Path]] = []
    others: dict[Path, UsageError] = {}
    for path in _below(folder, others):
        try:
            changed = _last_changed(path)
        except UsageError as reason:
            if reason.key != "file_missing" or path.is_symlink():  # else somebody took it away meanwhile
                others[path] = reason
        else:
            if changed_before is None or changed < changed_before:
                found.append((_day(path.parent.name) or today, changed, path))
    return Found(
        [Incoming(path, on) for on, _, path in sorted(found)],
        [NotTaken(path, reason) for path, reason in sorted(others.items())],
    )


def batches(files: Sequence[Incoming]) -> Iterator[list[Incoming]]:
    """The same files, at most as many at a time as `receive` records together; it makes fewer of large ones."""
    waiting = iter(files)
    while batch := list(islice(waiting, BATCH)):
        yield batch


def take_in(context: Context, files: Sequence[Incoming]) -> Taken:
    """Record files."""
    taken = Taken()
    for batch in receive(context, files):
        receipts = [one for one in batch if isinstance(one, Receipt)]
        repeated = sum(receipt.repeated for receipt in receipts)
        taken = taken.plus(Taken(len(receipts) - repeated, repeated, len(batch) - len(receipts)))
    return taken


def copies(context: Context, among: Collection[Kept]) -> list[Path]:
    """Files in the inbox that are, byte for byte, among those that are kept of submissions."""
    sizes = {len(kept.content) for kept in among if kept.content is not None}
    prints = {kept.fingerprint for kept in among}
    return [
        path
        for path in sorted((context.settings.home / "inbox").rglob("*"))
        if path.is_file()
        and path.stat().st_size in sizes
        and vault.match(context.matching_key, path.read_bytes()) in prints
    ]


def _below(folder: Path, closed: dict[Path, UsageError]) -> Iterator[Path]:
    """What lies in a folder and below and is meant as a file; folders that cannot be listed are put into `closed`."""

    def unlisted(error: OSError) -> None:
        if not isinstance(error, FileNotFoundError):
            path = Path(error.filename)
            closed[path] = UsageError("file_unreadable", file=path, reason=error.strerror)

    for place, folders, files in os.walk(folder, onerror=unlisted):
        for name in (*files, *(name for name in folders if _is_workbook(name))):
            if name[0] not in "~.":
                yield Path(place, name)


def _last_changed(path: Path) -> float:
    """When a workbook was changed last, in seconds since 1970. Raises UsageError where it cannot be taken in."""
    if not _is_workbook(path.name):
        raise UsageError("file_format", file=path)
    with opened(path) as file:
        return os.fstat(file.fileno()).st_mtime


def _is_workbook(name: str) -> bool:
    return name.lower().endswith(".xlsx")


def _day(name: str) -> date | None:
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", name, re.ASCII):
        return None
    try:
        return date.fromisoformat(name)
    except ValueError:
        return None
