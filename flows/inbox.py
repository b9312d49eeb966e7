"""Folders of workbooks: what lies in them, on which day each came, and taking them in a batch at a time."""

import re
import stat
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import date
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from events.errors import UsageError
from flows.context import Context
from flows.intake import BATCH, Incoming, NotTaken, Receipt, receive


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
    """
    found: list[tuple[date, float, Path]] = []
    others = []
    for path in sorted(folder.rglob("*")):
        if path.name[:1] in "~." or (path.suffix.lower() != ".xlsx" and path.is_dir()):
            continue
        if reason := _not_to_take(path):
            others.append(NotTaken(path, UsageError(reason, file=path)))
            continue
        with suppress(FileNotFoundError):  # somebody took it away meanwhile
            changed = path.stat().st_mtime
            if changed_before is None or changed < changed_before:
                found.append((_day(path.parent.name) or today, changed, path))
    return Found([Incoming(path, on) for on, _, path in sorted(found)], others)


def batches(files: Sequence[Incoming]) -> Iterator[list[Incoming]]:
    """The same files, so many at a time as are recorded together."""
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


def _not_to_take(path: Path) -> str | None:
    """The key of the error that says why this is no workbook, as far as its name and kind tell."""
    try:
        mode = path.stat().st_mode
    except OSError:
        return "file_missing" if path.is_symlink() else None
    if stat.S_ISDIR(mode):
        return "file_is_folder"
    if not stat.S_ISREG(mode):
        return "file_irregular"
    return None if path.suffix.lower() == ".xlsx" else "file_format"


def _day(name: str) -> date | None:
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", name, re.ASCII):
        return None
    try:
        return date.fromisoformat(name)
    except ValueError:
        return None
