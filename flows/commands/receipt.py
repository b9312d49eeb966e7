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
    key: Annotated[str | None, Parameter(help=explain("verify_key"), show_default=False)] = None,
) -> Answer:
    """Sign the log and write the receipt, `<submission>.tlog-proof` in the current folder unless told otherwise.

    With `--key`, the log's public key, nothing is signed: the receipt is under the checkpoint that was signed last, and
    does not state that it is complete.
    Raises UsageError `unknown_submission`, `proof_outside_tree`, `checkpoint_none`; NguonError `file_unwritable`; what
    `flows.checkpoints.sign` does.
    """
    from events.errors import NguonError
    from events.files import AS_ASKED, as_asked, put
    from events.keys import load_signing
    from events.proof.checkpoint import Checkpoint
    from events.proof.receipt import SUFFIX, verify_receipt
    from events.proof.signers import VerifierKey
    from flows import checkpoints, receipting
    from flows.ready import ready

    context = ready()
    found = checkpoints.latest(context, VerifierKey.parse(key) if key else None)
    signing = None if key else load_signing(context.settings.home / "keys", context.settings.passphrase)
    log = found.keys.key_of(Checkpoint.parse(found.note.text).size)
    content = receipting.make(context, submission.lower(), found.note, signing)
    proven = verify_receipt(content, log, partial=signing is None)
    path = output or Path()
    if path.is_dir():
        path /= f"{proven.submission}{SUFFIX}"
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
            "complete": proven.complete,
            "public_key": str(log),
        },
        [
            say("receipt.written", path=path, events=len(proven.events)),
            say("receipt.next" if proven.complete else "receipt.next_partial", path=path, key=log),
        ],
    )
