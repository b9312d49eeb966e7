"""`nguon verify`: everything recomputed and held against what was recorded, or one receipt checked offline."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from flows.terminal.answer import Answer, Part
from flows.terminal.wording import explain, say, told

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from events.errors import NguonError
    from events.proof.signers import VerifierKey


def verify(
    receipt: Annotated[Path | None, Parameter(help=explain("verify_receipt"), show_default=False)] = None,
    /,
    *,
    key: Annotated[str | None, Parameter(help=explain("verify_key"), show_default=False)] = None,
    checkpoint: Annotated[Path | None, Parameter(help=explain("verify_checkpoint"), show_default=False)] = None,
    warehouse: Annotated[bool, Parameter(help=explain("verify_warehouse"), negative="")] = False,
    stamps: Annotated[Path | None, Parameter(help=explain("verify_stamps"), show_default=False)] = None,
    file: Annotated[Path | None, Parameter(help=explain("verify_file"), show_default=False)] = None,
    partial: Annotated[bool, Parameter(help=explain("verify_partial"), negative=())] = False,
) -> Answer:
    """Verify the log and the vault, or a receipt with nothing but the log's public key.

    The exit code is 1 where anything is not as it was recorded; each fault is told, with its place. Raises for a
    receipt what `events.proof.receipt.verify_receipt` and `require_file` do.
    """
    from events.proof.signers import VerifierKey

    log = VerifierKey.parse(key) if key else None
    if receipt is None:
        return _everything(log, checkpoint, stamps, warehouse=warehouse)
    return _receipt(receipt, log, file, partial=partial)


def _everything(log: "VerifierKey | None", checkpoint: Path | None, stamps: Path | None, *, warehouse: bool) -> Answer:
    from events.checks import VerifyFailed
    from flows import checkpoints
    from flows.attesting import attested
    from flows.ready import ready
    from flows.terminal.screen import waiting
    from flows.verify import verify

    context = ready()
    beside = attested(context, stamps)
    lacking = [VerifyFailed(fault.key, **fault.where) for fault in beside.faults]
    keys = checkpoints.keys_of(context, log, checkpoint)
    try:
        with waiting(say("verify.checking")):
            found = verify(context.engine, keys, warehouse=warehouse)
    except VerifyFailed as failure:
        return _failed([*failure.parts, *lacking])
    if lacking:
        return _failed(lacking)
    numbers = asdict(found)
    parts: list[Part] = [say("verify.good", **numbers)]
    if found.checkpoints:
        parts.append(say("verify.signed", **numbers))
    if found.events > found.signed:
        parts.append(say("verify.unsigned", unsigned=found.events - found.signed))
    if found.replayed:
        parts.append(say("verify.replayed", **numbers))
    if found.partly:
        parts.append(say("verify.replayed_partly", **numbers))
    parts += [say("verify.quarantined", position=position) for position in found.quarantined]
    parts += [say(f"verify.unchecked_{name}") for name in found.unchecked]
    parts += [say("verify.cosigned", witness=name, at=_written(at)) for name, at in beside.cosigned.items()]
    parts += [say("verify.stamped", size=each.size, at=_written(each.at)) for each in beside.stamps]
    others = {"cosigned": beside.cosigned, "stamps": [each._asdict() for each in beside.stamps]}
    return Answer({"verified": True, **numbers, **others}, parts)


def _written(at: "datetime") -> str:
    return f"{at:%d/%m/%Y %H:%M:%S} UTC"


def _failed(problems: "Sequence[NguonError]") -> Answer:
    """Every fault, each on its line, what binds before what is bound."""
    messages = [told(part) for part in problems]
    faults = [
        {"fault": part.key.removeprefix("verify."), "where": part.details, "message": message}
        for part, message in zip(problems, messages, strict=True)
    ]
    said = "\n".join([say("verify.failed", count=len(faults)), *messages])
    return Answer({"verified": False, "faults": faults}, [said], problems[0].exit_code)


def _receipt(path: Path, log: "VerifierKey | None", file: Path | None, *, partial: bool) -> Answer:
    from events.keys import load_signing
    from events.proof.receipt import require_file, verify_receipt
    from flows.settings import settings

    content = _read(path)
    log = log or load_signing(settings().home / "keys", settings().passphrase).verifier
    proven = verify_receipt(content, log, partial=partial)
    verdict = {None: "pending", True: "valid", False: "invalid"}[proven.valid]
    data = {
        "verified": True,
        "submission": proven.submission,
        "verdict": verdict,
        "positions": [event.position for event in proven.events],
        "origin": proven.checkpoint.origin,
        "size": proven.checkpoint.size,
        "root": proven.checkpoint.root.hex(),
        "file": str(file) if file else None,
        "complete": proven.complete,
    }
    good = say(
        "verify.receipt",
        submission=proven.submission,
        events=len(proven.events),
        origin=proven.checkpoint.origin,
        size=proven.checkpoint.size,
    )
    parts: list[Part] = [good, say(f"verify.{verdict}")]
    if not proven.complete:
        parts.append(say("verify.partial"))
    if file is not None:
        require_file(proven, _read(file))
        parts.append(say("verify.same_file", file=file))
    return Answer(data, parts)


def _read(path: Path) -> bytes:
    from events.errors import UsageError

    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise UsageError("file_missing", file=path) from None
    except OSError as failure:
        raise UsageError("file_unreadable", file=path, reason=failure.strerror) from None
