"""`nguon receipt`: what proves, without database or network, that a submission is in the log and what came of it."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from flows.terminal.answer import Answer
from flows.terminal.wording import explain, say


def receipt(
    submission: Annotated[str, Parameter(help=explain("submission"))],
    /,
    *,
    output: Annotated[Path | None, Parameter(help=explain("output"), show_default=False)] = None,
) -> Answer:
    """Sign the log and write the receipt, `<submission>.receipt.json` in the current folder unless told otherwise.

    Raises UsageError `unknown_submission`; NguonError `file_unwritable`; what `flows.checkpoints.sign` does.
    """
    from events.errors import NguonError
    from events.files import AS_ASKED, as_asked, put
    from events.proof.receipt import make, verify_receipt
    from flows import checkpoints
    from flows.ready import ready

    context = ready()
    note = checkpoints.sign(context)
    with context.engine.connect() as connection:
        content = make(connection, submission.lower(), note)
    key = checkpoints.keys_of(context).log
    proven = verify_receipt(content, key)
    path = output or Path()
    if path.is_dir():
        path /= f"{proven.submission}.receipt.json"
    try:
        with as_asked():
            put(path, content, AS_ASKED)
    except OSError as failure:
        raise NguonError("file_unwritable", path=path, reason=failure.strerror) from failure
    return Answer(
        {
            "path": path.absolute(),
            "submission": proven.submission,
            "events": len(proven.events),
            "public_key": str(key),
        },
        [say("receipt.written", path=path, events=len(proven.events)), say("receipt.next", path=path, key=key)],
    )
