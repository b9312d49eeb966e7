"""Bodies as their types write them today, read thousands at a time; those of older versions come up the ladder."""

import unicodedata
from collections.abc import Sequence
from functools import reduce
from operator import or_
from typing import Annotated, Any, cast

import msgspec

from events.checks import VerifyFailed
from events.errors import NguonError
from events.log import canonical
from events.log.recorded import MALFORMED, Cause, brought_up, decode, version_of
from events.types import TYPES
from events.types.fields import Actor, StreamName

_ASCII = bytes(range(128))


class Body(
    msgspec.Struct,
    frozen=True,
    forbid_unknown_fields=True,
    omit_defaults=True,
    tag_field="type",
    kw_only=True,
    gc=False,
):
    """What every body says; the class of each is named as its type and adds `data` and `v`."""

    at: str
    by: Actor
    stream: StreamName
    version: int
    cause: Cause | None = None
    supersedes: int | None = None


class Reader:
    """Reads bodies, and refuses what is not as the log writes it."""

    def __init__(self) -> None:
        union: Any = reduce(or_, (_typed(name) for name in TYPES))
        self._decoder = msgspec.json.Decoder[Any](union)
        self._encoder = msgspec.json.Encoder(order="sorted")

    def lines(self, joined: bytes) -> list[Body] | None:
        """Bodies, each on a line; None where at least one of them must be looked at closely."""
        try:
            bodies: list[Body] = self._decoder.decode_lines(joined)
            same = self._encoder.encode_lines(bodies)[:-1] == joined and not canonical.has_control(joined)
            return bodies if same and _composed(joined.translate(None, _ASCII).decode()) else None
        except ValueError:
            return None

    def read(self, position: int, body: str) -> Body | None:
        """One body in the current version of its type, without a close look; None where it can't be read."""
        try:
            return cast(Body, self._decoder.decode(body))
        except ValueError:
            try:
                return cast(Body, self._decoder.decode(brought_up(position, body)))
            except (NguonError, *MALFORMED):
                return None

    def one(self, position: int, body: bytes) -> Body:
        """One body looked at closely.

        Raises `VerifyFailed`: `body_unknown` (a type or version from the future), `body_malformed`,
        `body_not_canonical`.
        """
        try:
            decode(position, body)
        except NguonError:
            raise VerifyFailed("body_unknown", position=position) from None
        except MALFORMED:
            raise VerifyFailed("body_malformed", position=position) from None
        plain = msgspec.json.decode(body)
        older = plain["v"] < version_of(plain["type"])
        try:
            same = canonical.dumps(plain) if older else self._encoder.encode(self._decoder.decode(body))
            if same != canonical.checked(body):
                raise ValueError
        except ValueError:
            raise VerifyFailed("body_not_canonical", position=position) from None
        return cast(Body, self._decoder.decode(brought_up(position, body)))

    def today(self, position: int, body: str) -> bytes:
        """A body as it would be written today. Raises as `one` does."""
        return self._encoder.encode(self.one(position, body.encode()))


def _composed(letters: str) -> bool:
    """Whether letters beyond ASCII are in Unicode normal form C, whatever stood between them."""
    return unicodedata.is_normalized("NFC", letters) and not any(map(unicodedata.combining, set(letters)))


def _typed(name: str) -> type[Body]:
    today = Annotated[int, msgspec.Meta(ge=version_of(name), le=version_of(name))]
    fields: Sequence[tuple[str, Any]] = [("data", TYPES[name]), ("v", today)]
    made: Any = msgspec.defstruct(name, fields, bases=(Body,), kw_only=True, tag=name, gc=False)
    return cast(type[Body], made)
