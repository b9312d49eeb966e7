"""`nguon submit`: records workbooks, validates them, and says what came of each."""

import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date
from importlib import import_module
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from events.errors import UsageError
from flows.commands.parameters import Day
from flows.terminal.answer import Answer, Part, Table
from flows.terminal.wording import LANGUAGE, explain, say

if TYPE_CHECKING:
    from flows.intake import Incoming, NotTaken

_NO_WORKBOOK = {"file_format", "file_is_folder", "file_irregular", "file_missing"}
"""Why what lies in a folder is left there without anybody missing it."""


def submit(
    files: Annotated[list[Path], Parameter(help=explain("files"), negative=())],
    /,
    *,
    received: Annotated[Day, Parameter(help=explain("received"))] = None,
) -> Answer:
    """Record files (of a folder all workbooks in it), decide everything that is pending, and tell the verdicts.

    A file that was received before keeps its verdict. One that cannot be taken in is told and stops no other, and so
    is a folder without workbooks. The exit code is 1 when any file is invalid or could not be taken in, but for what
    lies in a folder and is no workbook. Raises UsageError `nothing_taken`, or what kept the only file or folder from
    being taken in.
    """
    from flows import intake
    from flows.calendar import today
    from flows.ready import ready
    from flows.terminal import verdicts
    from flows.terminal.screen import progress, waiting
    from warehouse.projections import project
    from warehouse.returns import status

    # Polars and pandera take a second to import: that is done while the database starts and the files are recorded.
    # What that needs is imported by now, since two threads that import one package can deadlock.
    loading = Thread(target=_load, args=("flows.validation",), daemon=True)
    loading.start()
    context = ready()
    incoming, others = _incoming(files, received or today(context), given=received is not None)
    receipts: list[intake.Receipt] = []
    refused: list[intake.NotTaken] = []
    with progress(say("submit.recording", count=len(incoming))) as tell:
        for batch in intake.receive(context, incoming):
            receipts += [one for one in batch if isinstance(one, intake.Receipt)]
            refused += [one for one in batch if isinstance(one, intake.NotTaken)]
            tell(len(receipts) + len(refused), len(incoming))
    untaken = [*refused, *others]
    if not receipts:
        raise _nothing_taken(untaken)
    with waiting(say("submit.checking", count=len(receipts))):
        loading.join()
        from flows.validation import validate_pending

        validate_pending(context)
    position = project.project(context.engine)
    with context.engine.connect() as connection:
        decided = status.decisions(connection, [r.submission for r in receipts], today(context), position)
    if context.settings.log_level in ("debug", "info"):
        from flows.logging import logger

        for receipt in receipts:
            logger(context.settings).info(
                "submitted", submission=receipt.submission, valid=decided[receipt.submission].valid
            )
    found = [(receipt, decided[receipt.submission]) for receipt in receipts]
    invalid = sum(decision.valid is False for _, decision in found)
    valid = sum(decision.valid is True for _, decision in found)
    parts: list[Part] = [verdicts.summary(found)]
    for receipt, decision in found:
        if decision.problems:
            parts += verdicts.details(receipt.path, decision)
    if untaken:
        parts += verdicts.untaken(untaken, say("submit.untaken", count=len(untaken)))
    removed = [receipt.path for receipt, decision in found if decision.valid is False and not receipt.path.exists()]
    if removed:  # from the inbox, since they name somebody erased
        parts.append(Table([say("erase.removed")], [(str(path),) for path in removed]))
    parts.append(say("submit.total", valid=valid, invalid=invalid))
    if any(receipt.repeated for receipt in receipts):
        parts.append(say("submit.stands"))
    if invalid:
        parts.append(say("submit.fix"))
    parts += [say("submit.see", period=period) for period in sorted({d.period for _, d in found if d.period})]
    data = {
        "valid": valid,
        "invalid": invalid,
        "submissions": [verdicts.told(*verdict) for verdict in found],
        "removed": removed,
        "untaken": [{"file": one.path, "reason": one.error.key} for one in untaken],
    }
    missed = refused or any(one.error.key not in _NO_WORKBOOK for one in others)
    return Answer(data, parts, exit_code=1 if invalid or missed else 0)


def _load(module: str) -> None:
    # What fails here fails again where it is needed, and is told there; or the program is just ending.
    with suppress(BaseException):
        import_module(module)


def _incoming(files: Sequence[Path], on: date, *, given: bool) -> "tuple[list[Incoming], list[NotTaken]]":
    """What to take in: the files, and in place of each folder what lies in it and below; and what there cannot be.

    In a folder named like 2025-06-20 a file came on that day, unless a day was `given`.
    """
    from flows.inbox import search
    from flows.intake import Incoming, NotTaken

    incoming: list[Incoming] = []
    others: list[NotTaken] = []
    for file in files:
        if not os.path.isdir(file):  # noqa: PTH112  # Path.is_dir raises where the way there is closed
            incoming.append(Incoming(file, on))
            continue
        found = search(file, on)
        if not found.workbooks and all(one.error.key in _NO_WORKBOOK for one in found.others):
            others.append(NotTaken(file, UsageError("folder_without_workbooks", folder=file)))
        incoming += [replace(one, received_on=on) if given else one for one in found.workbooks]
        others += found.others
    return incoming, others


def _nothing_taken(untaken: "Sequence[NotTaken]") -> UsageError:
    """The reason where there is one file, else their number and the first reason; of folders only where no file is."""
    from schemas.messages.translation import text

    errors = [one.error for one in untaken]
    errors = [error for error in errors if error.key != "folder_without_workbooks"] or errors
    first = errors[0]
    if len(errors) == 1:
        return first
    return UsageError("nothing_taken", count=len(errors), reason=text(f"error.{first.key}", LANGUAGE, **first.details))
