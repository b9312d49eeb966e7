"""`nguon submit`: records workbooks, validates them, and says what came of each."""

from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from threading import Thread
from typing import Annotated

from cyclopts import Parameter

from flows.commands.parameters import Day
from flows.terminal.answer import Answer, Part
from flows.terminal.wording import explain, say

BATCH = 100
"""Files recorded in one transaction: bounds memory."""


def submit(
    files: Annotated[list[Path], Parameter(help=explain("files"), negative=())],
    /,
    *,
    received: Annotated[Day, Parameter(help=explain("received"))] = None,
) -> Answer:
    """Record files (of a folder all workbooks in it), decide everything that is pending, and tell the verdicts.

    A file that was received before keeps its verdict. The exit code is 1 when any file is rejected.
    Raises UsageError `file_missing`, `folder_without_workbooks`, and what `flows.intake.receive` does.
    """
    paths = _workbooks(files)

    from flows import intake
    from flows.calendar import today
    from flows.ready import ready
    from flows.terminal import verdicts
    from flows.terminal.screen import waiting
    from warehouse import project, status

    # Polars and pandera take a second to import: that is done while the database starts and the files are recorded.
    # What that needs is imported by now, since two threads that import one package can deadlock.
    loading = Thread(target=_load, args=("flows.validation",), daemon=True)
    loading.start()
    context = ready()
    on = received or today(context.settings)
    receipts: list[intake.Receipt] = []
    with waiting(say("submit.recording", count=len(paths))):
        for start in range(0, len(paths), BATCH):
            receipts += intake.receive(context, [intake.Incoming(path, on) for path in paths[start : start + BATCH]])
    with waiting(say("submit.checking", count=len(paths))):
        loading.join()
        from flows.validation import validate_pending

        validate_pending(context)
    position = project.project(context.engine)
    with context.engine.connect() as connection:
        decided = status.decisions(connection, [r.submission for r in receipts], today(context.settings), position)
    if context.settings.log_level in ("debug", "info"):
        from flows.logging import logger

        for receipt in receipts:
            logger(context.settings).info(
                "submitted", submission=receipt.submission, accepted=decided[receipt.submission].accepted
            )
    found = [(receipt, decided[receipt.submission]) for receipt in receipts]
    rejected = sum(decision.accepted is False for _, decision in found)
    accepted = sum(decision.accepted is True for _, decision in found)
    parts: list[Part] = [verdicts.summary(found)]
    for receipt, decision in found:
        if decision.problems:
            parts += verdicts.details(receipt.path, decision.problems)
    parts.append(say("submit.total", accepted=accepted, rejected=rejected))
    if any(receipt.repeated for receipt in receipts):
        parts.append(say("submit.stands"))
    if rejected:
        parts.append(say("submit.fix"))
    parts += [say("submit.see", period=period) for period in sorted({d.period for _, d in found if d.period})]
    data = {"accepted": accepted, "rejected": rejected, "submissions": [verdicts.told(*verdict) for verdict in found]}
    return Answer(data, parts, exit_code=1 if rejected else 0)


def _load(module: str) -> None:
    # What fails here fails again where it is needed, and is told there; or the program is just ending.
    with suppress(BaseException):
        import_module(module)


def _workbooks(files: Sequence[Path]) -> list[Path]:
    """The files, and in place of each folder the workbooks in it and below; what a spreadsheet has open is left out."""
    from events.errors import UsageError

    found: list[Path] = []
    for file in files:
        if file.is_dir():
            inside = sorted(
                path for path in file.rglob("*") if path.suffix.lower() == ".xlsx" and path.name[:1] not in "~."
            )
            if not inside:
                raise UsageError("folder_without_workbooks", folder=file)
            found += inside
        elif file.exists():
            found.append(file)
        else:
            raise UsageError("file_missing", file=file)
    return found
