"""The base of every payload: frozen, typed, refusing fields that it does not know."""

import msgspec


class Payload(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What an event says, under its past-tense name. Fields at their default are left out of the body."""
