"""Changing a key: the new one takes over on the record, and whoever is cut off in between does it again."""

from collections.abc import Callable
from typing import Literal

from events import keys, log
from events.log.recorded import NewEvent
from events.proof import history
from events.types.keys import SecretKeyChanged
from events.vault import keystore
from flows import checkpoints, consenting, outside
from flows.context import Context

Kind = Literal["signing", "matching", "vault"]


def rotate(context: Context, kind: Kind, progress: Callable[[int, int], None] = lambda done, of: None) -> int:
    """Let a new key take over; the position of the event that says so. `progress` hears of what is put under it.

    Raises what `consenting.require`, `checkpoints.sign` and `keys.prepare_next` do.
    """
    consent = consenting.require(context, consenting.Asked("key", name=kind))
    if kind == "signing":
        return _signing(context, consent)
    if kind == "vault":
        keystore.rotate(context.settings.home / "keys", context.settings.passphrase, progress)
        return _tell(context, kind, consent)
    raise NotImplementedError(kind)


def _tell(context: Context, kind: Literal["matching", "vault"], consent: str | None) -> int:
    """Record that another secret took over; the position."""
    with context.engine.begin() as connection:
        stream = f"key-{kind}"
        version = log.stream_versions(connection, [stream]).get(stream, 0) + 1
        event = SecretKeyChanged(kind, version + 1)
        position = log.append(connection, [NewEvent(stream, version, event)], context.actor).first
        consenting.spend(connection, consent, context.actor)
    return position


def _signing(context: Context, consent: str | None) -> int:
    """The next key is made and kept, then the log says that it signs, then it takes the former one's place."""
    checkpoints.sign(context)  # whatever the former key is asked to answer for, it has signed
    folder, passphrase = context.settings.home / "keys", context.settings.passphrase
    with outside.publishing(context.settings):
        with context.engine.begin() as connection:
            key = checkpoints.signing_key(context, connection)
            coming = keys.prepare_next(folder, passphrase)
            known = history.read(connection, key.verifier)
            event = history.change(key, coming, len(known.keys) + 1)
            version = log.stream_versions(connection, [history.STREAM]).get(history.STREAM, 0) + 1
            position = log.append(connection, [NewEvent(history.STREAM, version, event)], context.actor).first
            consenting.spend(connection, consent, context.actor)
        keys.take_over(folder, coming.verifier, passphrase)  # whoever is cut off before: the next who signs does it
    return position
