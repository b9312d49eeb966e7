"""An event as it is handed in and as it stands in the log, and how its body is written and read."""

from datetime import datetime
from functools import cache
from typing import Annotated, Any, NamedTuple

import msgspec

from events.errors import TerminalError, UsageError
from events.log import canonical
from events.log.conformance import Check
from events.log.ladder import LADDER, Upcaster
from events.types import TYPES
from events.types.base import Payload
from events.types.fields import Actor, Code, Id, StreamName


class Cause(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Where a fact comes from: a submission, and in it a sheet and a row."""

    submission: Id
    sheet: Code | None = None
    row: int | None = None


class NewEvent(msgspec.Struct, frozen=True):
    """An event to append: the `version` that it will have in its `stream` (from 1), and what it says.

    `supersedes` is the version, in the same stream, of the fact that this one corrects or retracts.
    """

    stream: str
    version: int
    payload: Payload
    cause: Cause | None = None
    supersedes: int | None = None


class Recorded(msgspec.Struct, frozen=True):
    """An event of the log; `payload` is of the current version of its type, whatever version was written."""

    position: int
    stream: str
    version: int
    type: str
    recorded_at: datetime
    by: str
    cause: Cause | None
    supersedes: int | None
    payload: Payload


class UnknownEvent(TerminalError):
    """A type or a schema version that this software does not know: it was written by a newer one."""


MALFORMED = (ValueError, TypeError, AttributeError, KeyError, RecursionError)
"""What reading a body raises that no program wrote: an upcaster goes through it as plain values."""


class _Body(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    by: Actor
    data: Any
    stream: StreamName
    type: str
    v: int
    version: Annotated[int, msgspec.Meta(le=(1 << 31) - 1)]
    cause: Cause | None = None
    supersedes: int | None = None


class _Stamped(_Body, frozen=True, forbid_unknown_fields=True, kw_only=True):
    at: datetime
    data: msgspec.Raw


AT_LENGTH = len('{"at":"2026-11-23T08:00:00.000000Z",')
"""Every body opens with its time; what follows is the same however often it is handed in."""

_encode = msgspec.json.Encoder(order="sorted").encode
_decode_stamped = msgspec.json.Decoder(_Stamped).decode


@cache
def _payload_decoder(name: str) -> msgspec.json.Decoder[Payload]:
    return msgspec.json.Decoder(TYPES[name])


class _Kind(NamedTuple):
    """What is written of every event of a type: its name, its schema version; and its check."""

    name: str
    version: int
    check: Check


@cache
def _kind(payload: type[Payload]) -> _Kind:
    name = payload.__name__
    return _Kind(name, version_of(name), Check(_Body, Cause, TYPES[name]))


def unstamped(event: NewEvent, by: str) -> bytes:
    """The body of an event without its time, recorded by an `Actor`: canonical and checked against its type.

    Raises UsageError `invalid_event` (which names the type and the field, never a value).
    """
    name, version, check = _kind(type(event.payload))
    body = _encode(_Body(by, event.payload, event.stream, name, version, event.version, event.cause, event.supersedes))
    try:
        check(body)
        return canonical.checked(body)
    except msgspec.ValidationError as error:
        raise UsageError("invalid_event", type=name, problem=str(error)) from None
    except ValueError as error:
        raise UsageError("invalid_event", type=name, problem=str(error)) from None


def said(stream: str, payload: Payload, cause: Cause) -> str:
    """What the body of a fact that supersedes none says, whoever recorded it, when and in which version."""
    name, version, _ = _kind(type(payload))
    body = _encode(_Body("", payload, stream, name, version, 0, cause))
    return body[len('{"by":"",') : -len("0}")].decode()


def stamp(at: datetime) -> bytes:
    """What stands before an unstamped body, in place of its opening brace."""
    return b'{"at":"' + canonical.instant(at).encode() + b'",'


def brought_up(position: int, body: bytes | str) -> bytes:
    """A body of any version as it would be written today. Raises as `decode` does."""
    event = decode(position, body)
    written = _Body(
        event.by,
        event.payload,
        event.stream,
        event.type,
        version_of(event.type),
        event.version,
        event.cause,
        event.supersedes,
    )
    return stamp(event.recorded_at) + _encode(written)[1:]


def version_of(name: str) -> int:
    """The schema version that is written today for a type: one more than its upcasters."""
    return len(LADDER.get(name, ())) + 1


def decode(position: int, body: bytes | str, ladder: dict[str, tuple[Upcaster, ...]] = LADDER) -> Recorded:
    """Read a body of any version. Raises UnknownEvent for a type or version from the future, else one of MALFORMED."""
    envelope = _decode_stamped(body)
    if envelope.type not in TYPES:
        raise UnknownEvent("unknown_event_type", position=position, type=envelope.type)
    steps = ladder.get(envelope.type, ())
    if not 1 <= envelope.v <= len(steps) + 1:
        raise UnknownEvent("unknown_event_version", position=position, type=envelope.type, version=envelope.v)
    data: bytes | msgspec.Raw = envelope.data
    if envelope.v <= len(steps):
        plain = msgspec.json.decode(data)
        for step in steps[envelope.v - 1 :]:
            plain = step(plain)
        data = _encode(plain)
    payload = _payload_decoder(envelope.type).decode(data)
    return Recorded(
        position,
        envelope.stream,
        envelope.version,
        envelope.type,
        envelope.at,
        envelope.by,
        envelope.cause,
        envelope.supersedes,
        payload,
    )
