"""`nguon verify`: everything recomputed and held against what was recorded, or one receipt checked offline."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from flows.terminal.answer import Answer, Part
from flows.terminal.wording import explain, say, told

if TYPE_CHECKING:
    from events.checks import VerifyFailed
    from events.proof.signers import VerifierKey


def verify(
    receipt: Annotated[Path | None, Parameter(help=explain("verify_receipt"), show_default=False)] = None,
    /,
    *,
    key: Annotated[str | None, Parameter(help=explain("verify_key"), show_default=False)] = None,
    checkpoint: Annotated[Path | None, Parameter(help=explain("verify_checkpoint"), show_default=False)] = None,
) -> Answer:
    """Verify the log and the vault, or a receipt with nothing but the log's public key.

    The exit code is 1 where anything is not as it was recorded; each fault is told, with its place. Raises for a
    receipt what `events.proof.receipt.verify_receipt` does.
    """
    from events.proof.signers import VerifierKey

    log = VerifierKey.parse(key) if key else None
    return _everything(log, checkpoint) if receipt is None else _receipt(receipt, log)


def _everything(log: "VerifierKey | None", checkpoint: Path | None) -> Answer:
    from events.checks import VerifyFailed
    from flows import checkpoints
    from flows.ready import ready
    from flows.terminal.screen import waiting
    from flows.verify import verify

    context = ready()
    keys = checkpoints.keys_of(context, log, checkpoint)
    try:
        with waiting(say("verify.checking")):
            found = verify(context.engine, keys)
    except VerifyFailed as failure:
        return _failed(failure)
    numbers = asdict(found)
    parts: list[Part] = [say("verify.good", **numbers)]
    if found.checkpoints:
        parts.append(say("verify.signed", **numbers))
    if found.events > found.signed:
        parts.append(say("verify.unsigned", unsigned=found.events - found.signed))
    parts += [say("verify.quarantined", position=position) for position in found.quarantined]
    parts += [say(f"verify.unchecked_{name}") for name in found.unchecked]
    return Answer({"verified": True, **numbers}, parts)


def _failed(failure: "VerifyFailed") -> Answer:
    """Every fault, each on its line, what binds before what is bound."""
    messages = [told(part) for part in failure.parts]
    faults = [
        {"fault": part.key.removeprefix("verify."), "where": part.details, "message": message}
        for part, message in zip(failure.parts, messages, strict=True)
    ]
    said = "\n".join([say("verify.failed", count=len(faults)), *messages])
    return Answer({"verified": False, "faults": faults}, [said], failure.exit_code)


def _receipt(path: Path, log: "VerifierKey | None") -> Answer:
    from events.keys import load_signing
    from events.proof.receipt import verify_receipt
    from flows.settings import settings

    content = _read(path)
    proven = verify_receipt(content, log or load_signing(settings().home / "keys", settings().passphrase).verifier)
    verdict = {None: "pending", True: "valid", False: "invalid"}[proven.valid]
    data = {
        "verified": True,
        "submission": proven.submission,
        "verdict": verdict,
        "positions": [event.position for event in proven.events],
        "origin": proven.checkpoint.origin,
        "size": proven.checkpoint.size,
        "root": proven.checkpoint.root.hex(),
    }
    good = say(
        "verify.receipt",
        submission=proven.submission,
        events=len(proven.events),
        origin=proven.checkpoint.origin,
        size=proven.checkpoint.size,
    )
    return Answer(data, [good, say(f"verify.{verdict}")])


def _read(path: Path) -> bytes:
    from events.errors import UsageError

    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise UsageError("file_missing", file=path) from None
    except OSError as failure:
        raise UsageError("file_unreadable", file=path, reason=failure.strerror) from None
