"""Time stamps (RFC 3161) of signed checkpoints: that they were there by a time that an authority states.

An optional extra: `pip install nguon[timestamps]`. What is stamped is a checkpoint with the log's own signature and no
other, since cosignatures may come later; the answer of the authority lies beside the checkpoints in the home.
"""

import re
from collections.abc import Iterator
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import httpx
from sqlalchemy import Connection, text

from events.checks import Fault
from events.errors import NguonError, RefusedError, TransientError, UsageError
from events.files import put
from events.proof.checkpoint import Checkpoint
from events.proof.note import Note
from events.proof.signers import NoteError
from flows.settings import Settings

if TYPE_CHECKING:
    from types import ModuleType

    from cryptography.x509 import Certificate
    from rfc3161_client import TimeStampResponse

SECONDS = 30
_MAX_ANSWER = 1 << 20
_NAME = re.compile(r"([0-9]{12,})\.tsr", re.ASCII)


class Stamp(NamedTuple):
    """A stamp that holds: of how many events, at what time, and the file."""

    size: int
    at: datetime
    path: Path


def folder(settings: Settings) -> Path:
    """Where stamps lie."""
    return settings.home / "checkpoints"


def stamped_bytes(note: Note) -> bytes:
    """What is stamped: the checkpoint with the signatures under the log's own name."""
    origin = Checkpoint.parse(note.text).origin
    return Note(note.text, tuple(line for line in note.signatures if line.name == origin)).encode()


def stamp(settings: Settings, note: Note) -> Stamp:
    """Have a signed checkpoint stamped and keep the answer; one that is stamped already is not asked for again.

    Raises UsageError `stamps_not_installed`, `stamp_authority_unset`; TransientError `stamp_unanswered`; RefusedError
    `stamp_refused`; NguonError `file_unwritable`.
    """
    client = _client()
    if settings.timestamp_url is None:
        raise UsageError("stamp_authority_unset")
    content = stamped_bytes(note)
    size = Checkpoint.parse(note.text).size
    path = folder(settings) / f"{size:012}.tsr"
    if path.exists():
        kept = _decoded(path.read_bytes())
        if kept is not None and _imprint(kept) == sha256(content).digest():
            return Stamp(size, kept.tst_info.gen_time, path)
    request = client.TimestampRequestBuilder().data(content).hash_algorithm(client.HashAlgorithm.SHA256).build()
    answer = _posted(settings.timestamp_url, request.as_bytes())
    found = _decoded(answer)
    if found is None or found.tst_info.nonce != request.nonce or _imprint(found) != sha256(content).digest():
        raise RefusedError("stamp_refused", url=settings.timestamp_url)
    try:
        put(path, answer)
    except OSError as failure:
        raise NguonError("file_unwritable", path=path, reason=failure.strerror) from failure
    return Stamp(size, found.tst_info.gen_time, path)


def authority(path: Path) -> list["Certificate"]:
    """The certificates of a PEM file, to be trusted. Raises UsageError `file_missing`, `stamp_authority_malformed`."""
    from cryptography.x509 import load_pem_x509_certificates

    try:
        return load_pem_x509_certificates(path.read_bytes())
    except FileNotFoundError:
        raise UsageError("file_missing", file=path) from None
    except OSError as failure:
        raise UsageError("file_unreadable", file=path, reason=failure.strerror) from None
    except ValueError:
        raise UsageError("stamp_authority_malformed", file=path) from None


def check(connection: Connection, settings: Settings, trusted: list["Certificate"]) -> Iterator[Stamp | Fault]:
    """Each stamp that is kept: held against the checkpoint of its size in the database, and against the authority.

    A fault is `stamp_wrong` with `size` and `path`, or `stamp_lost` where no such checkpoint is there any more. Raises
    UsageError `stamps_not_installed`.
    """
    client = _client()
    verifier = client.VerifierBuilder()
    for certificate in trusted:
        verifier = verifier.add_root_certificate(certificate)
    checking = verifier.build()
    for path in sorted(folder(settings).glob("*.tsr")):
        if not (name := _NAME.fullmatch(path.name)):
            continue
        size = int(name[1])
        row = connection.execute(
            text("select note from events.signed_checkpoint where size = :size"), {"size": size}
        ).scalar()
        if row is None:
            yield Fault("stamp_lost", {"size": size, "path": path})
            continue
        try:
            found = _decoded(path.read_bytes())
            if found is None:
                raise client.VerificationError("malformed")
            checking.verify_message(found, stamped_bytes(Note.parse(row.encode())))
        except (client.VerificationError, NoteError, ValueError, OSError):
            yield Fault("stamp_wrong", {"size": size, "path": path})
            continue
        yield Stamp(size, found.tst_info.gen_time, path)


def _client() -> "ModuleType":
    try:
        import rfc3161_client
    except ModuleNotFoundError:
        raise UsageError("stamps_not_installed") from None
    return rfc3161_client


def _decoded(answer: bytes) -> "TimeStampResponse | None":
    """An authority's answer that grants a stamp; None where it is none."""
    from rfc3161_client import PKIStatus, decode_timestamp_response

    try:
        found = decode_timestamp_response(answer)
        return found if PKIStatus(found.status) is PKIStatus.GRANTED and found.tst_info else None
    except ValueError:
        return None


def _imprint(found: "TimeStampResponse") -> bytes:
    return found.tst_info.message_imprint.message


def _posted(url: str, request: bytes) -> bytes:
    body = bytearray()
    try:
        with httpx.stream(
            "POST", url, content=request, timeout=SECONDS, headers={"Content-Type": "application/timestamp-query"}
        ) as response:
            response.raise_for_status()
            for chunk in response.iter_bytes():
                body += chunk
                if len(body) > _MAX_ANSWER:
                    raise RefusedError("stamp_refused", url=url)
    except (httpx.HTTPError, httpx.InvalidURL) as failure:
        raise TransientError("stamp_unanswered", url=url, reason=type(failure).__name__) from None
    return bytes(body)
