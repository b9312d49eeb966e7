"""Bodies are canonical and mean something: read in Python, thousands at a time, in constant memory."""

from collections.abc import Callable, Sequence
from functools import reduce
from operator import or_
from types import GenericAlias
from typing import Annotated, Any, cast

import msgspec
from sqlalchemy import Connection

from events import canonical
from events.checks import VerifyFailed
from events.errors import NguonError
from events.recorded import Cause, decode, version_of
from events.types import TYPES

_BATCH = 4_096


class _Body(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, tag_field="type", kw_only=True
):
    at: str
    by: str
    stream: str
    version: int
    cause: Cause | None = None
    supersedes: int | None = None


def _typed(name: str) -> type[_Body]:
    written = Annotated[int, msgspec.Meta(ge=version_of(name), le=version_of(name))]
    fields: Sequence[tuple[str, Any]] = [("data", TYPES[name]), ("v", written)]
    made: Any = msgspec.defstruct(name, fields, bases=(_Body,), frozen=True, kw_only=True, tag=name)
    return cast(type[_Body], made)


def verify_bodies(connection: Connection, head: int, progress: Callable[[int, int], None]) -> None:
    """Raise `VerifyFailed` (`body_malformed`, `body_unknown`, `body_not_canonical`) for the first body that is so."""
    bodies = _Bodies()
    for after in range(0, head, _BATCH):
        asked = {"after": after, "upto": after + _BATCH}
        joined = connection.exec_driver_sql(
            "select string_agg(body::text, ',' order by position) from events.event"
            " where position > %(after)s and position <= %(upto)s",
            asked,
        ).scalar()
        if not bodies.all_good(f"[{joined}]".encode(), min(_BATCH, head - after)):
            for position, body in connection.exec_driver_sql(
                "select position, body::text from events.event"
                " where position > %(after)s and position <= %(upto)s order by position",
                asked,
            ):
                bodies.refuse_wrong(position, body.encode())
        progress(min(after + _BATCH, head), head)


class _Bodies:
    """Reads bodies of every type that is written today; those of older versions one by one, through the ladder."""

    def __init__(self) -> None:
        union: Any = reduce(or_, (_typed(name) for name in TYPES))
        self._many = msgspec.json.Decoder[Any](GenericAlias(list, (union,)))
        self._one = msgspec.json.Decoder[Any](union)
        self._encode = msgspec.json.Encoder(order="sorted").encode

    def all_good(self, joined: bytes, count: int) -> bool:
        """Whether a JSON array holds `count` bodies as they are written today; if not, look at them closely."""
        try:
            decoded = self._many.decode(joined)
            return len(decoded) == count and self._encode(decoded) == canonical.checked(joined)
        except ValueError:
            return False

    def refuse_wrong(self, position: int, body: bytes) -> None:
        """Look at one body closely."""
        try:
            decode(position, body)
        except NguonError:
            raise VerifyFailed("body_unknown", position=position) from None
        except (ValueError, TypeError, AttributeError, KeyError):
            raise VerifyFailed("body_malformed", position=position) from None
        plain = msgspec.json.decode(body)
        try:
            current = plain["v"] == version_of(plain["type"])
            same = self._encode(self._one.decode(body)) if current else canonical.dumps(plain)
            if same != canonical.checked(body):
                raise ValueError
        except ValueError:
            raise VerifyFailed("body_not_canonical", position=position) from None
