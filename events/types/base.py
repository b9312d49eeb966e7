"""The base of every payload: frozen, typed, refusing fields that it does not know."""

from typing import ClassVar

import msgspec


class Payload(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What an event says, under its past-tense name. Fields at their default are left out of the body.

    `key` names the fields that say what a fact is about: two events of one type that agree in them state one thing.
    Empty for what is no fact.
    """

    key: ClassVar[tuple[str, ...]] = ()
