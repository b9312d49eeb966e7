"""Intake: each file's bytes go into the vault and its receipt into the log, in one transaction."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlalchemy import Connection

from events import log, vault
from events.errors import UsageError
from events.ids import new_id
from events.recorded import NewEvent
from events.types.submissions import SubmissionReceived
from flows.context import Context, alone
from schemas import workbook
from warehouse import hierarchy, project

LARGEST = 50 << 20
"""Bytes: no form comes near; what is larger is not taken in."""


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


def receive(context: Context, files: Sequence[Incoming]) -> list[Receipt]:
    """Record files, all in one transaction; a file whose bytes are known already is answered with its first receipt.

    Raises UsageError `file_missing`, `file_is_folder`, `file_too_large`, `file_unreadable`.
    """
    contents = [_read(incoming.path) for incoming in files]
    prints = [vault.match(context.matching_key, content) for content in contents]
    project.project(context.engine)
    with context.engine.connect() as connection, alone(connection, "intake"), connection.begin():
        known = vault.submission_of(connection, prints)
        units = _units(connection)
        receipts, events = [], []
        for incoming, content, fingerprint in zip(files, contents, prints, strict=True):
            repeated = fingerprint in known
            if not repeated:
                known[fingerprint] = new_id()
                name = os.fsencode(incoming.path.name).decode(
                    errors="replace"
                )  # old archives bring names that are no UTF-8
                sealed = vault.seal_file(name, content)
                vault.add_file(connection, known[fingerprint], name, sealed, fingerprint)
                events.append(_received(known[fingerprint], incoming, content, sealed, units))
            receipts.append(Receipt(known[fingerprint], incoming.path, repeated))
        if events:
            log.append(connection, events)
    return receipts


def _received(
    submission: str, incoming: Incoming, content: bytes, sealed: vault.Sealed, units: dict[str, str]
) -> NewEvent:
    cover = workbook.read_cover(content)
    payload = SubmissionReceived(
        submission,
        incoming.received_on,
        sealed.commitment.hex(),
        len(content),
        unit=cover.known_unit(units),
        period=cover.known_period(),
        form=cover.form.key if cover.form else None,
        form_version=cover.form.version if cover.form else None,
    )
    return NewEvent(f"submission-{submission}", 1, payload, "unit")


def _units(connection: Connection) -> dict[str, str]:
    """Every unit alive today, id to code."""
    position, at = log.head(connection)
    return {unit.unit: unit.code for unit in hierarchy.tree(connection, at.date(), position)}


def _read(path: Path) -> bytes:
    try:
        if path.is_dir():
            raise UsageError("file_is_folder", file=path)
        if path.stat().st_size > LARGEST:
            raise UsageError("file_too_large", file=path, megabytes=LARGEST >> 20)
        return path.read_bytes()
    except FileNotFoundError:
        raise UsageError("file_missing", file=path) from None
    except OSError as error:
        raise UsageError("file_unreadable", file=path, reason=error.strerror) from None
