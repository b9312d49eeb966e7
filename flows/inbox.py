"""Folders of workbooks: what lies in them, on which day each came, and taking them in a batch at a time."""

import re
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from events.errors import UsageError
from flows.context import Context
from flows.intake import Incoming, receive

BATCH = 200
"""Files taken in together: bounds memory, and the work that a crash repeats."""


class Taken(NamedTuple):
    """How many files were recorded, how many were known already, and how many could not be read."""

    received: int = 0
    repeated: int = 0
    unreadable: int = 0

    def plus(self, other: "Taken") -> "Taken":
        """Both together."""
        return Taken(*(mine + its for mine, its in zip(self, other, strict=True)))


def batches(folder: Path, today: date, changed_before: float) -> Iterator[list[Incoming]]:
    """The workbooks in a folder and below, in order of arrival, so that a revision comes after what it revises.

    A file in a folder named like 2025-06-20 came on that day, any other `today`. Left out are files changed at or
    after `changed_before` (seconds since 1970: somebody may still be copying them), and what a spreadsheet has open.
    """
    found = []
    for path in folder.rglob("*"):
        if path.suffix.lower() == ".xlsx" and path.name[:1] not in "~." and path.is_file():
            changed = path.stat().st_mtime
            if changed < changed_before:
                found.append((_day(path.parent.name) or today, changed, path))
    waiting = iter(sorted(found))
    while batch := list(islice(waiting, BATCH)):
        yield [Incoming(path, received_on) for received_on, _, path in batch]


def take_in(context: Context, files: Sequence[Incoming]) -> Taken:
    """Record files in one transaction; when one of them cannot be read, one by one, so that it stops no other."""
    try:
        receipts = receive(context, files)
    except UsageError as refused:
        if not refused.key.startswith("file_"):
            raise
        if len(files) == 1:
            return Taken(unreadable=1)
        taken = Taken()
        for file in files:
            taken = taken.plus(take_in(context, [file]))
        return taken
    repeated = sum(receipt.repeated for receipt in receipts)
    return Taken(len(receipts) - repeated, repeated)


def _day(name: str) -> date | None:
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", name):
        return None
    try:
        return date.fromisoformat(name)
    except ValueError:
        return None
