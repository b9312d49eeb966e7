"""Identifiers: time-ordered UUIDs (RFC 9562, version 7), and fixed ones for things that outside lists name."""

import re
import secrets
import time
import uuid

_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_DNS, "nguon")

_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def is_id(text: str) -> bool:
    """Whether a text has the form of an identifier of ours, in lower case, as the database takes it."""
    return _ID.fullmatch(text) is not None


def new_id() -> str:
    """A UUIDv7: later ones sort after earlier ones, which keeps the log's stream index dense."""
    milliseconds = time.time_ns() // 1_000_000
    value = milliseconds << 80 | secrets.randbits(80)
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return str(uuid.UUID(int=value))


def fixed_id(*names: str) -> str:
    """The same UUIDv5 for the same names, so that importing a list twice adds nothing."""
    return str(uuid.uuid5(_NAMESPACE, "\x1f".join(names)))
