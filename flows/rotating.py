"""Changing a key: the new one takes over on the record, and whoever is cut off in between does it again."""

from collections.abc import Callable
from typing import Literal

from sqlalchemy import Connection

from events import keys, log
from events.log.recorded import NewEvent
from events.proof import history
from events.types.keys import SecretKeyChanged
from events.vault import keystore, matching
from flows import checkpoints, consenting, erasure, outside, rekeying, validation
from flows.context import Context, alone

Kind = Literal["signing", "matching", "vault"]


def rotate(context: Context, kind: Kind, progress: Callable[[int, int], None] = lambda done, of: None) -> int:
    """Let a new key take over; the position of the event that says so. `progress` hears of what is put under it.

    Raises what `consenting.require`, `checkpoints.sign` and `keys.prepare_next` do.
    """
    consent = consenting.require(context, consenting.Asked("key", name=kind))
    if kind == "signing":
        return _signing(context, consent)
    if kind == "vault":
        return _vault(context, consent, progress)
    return _matching(context, consent, progress)


def _vault(context: Context, consent: str | None, progress: Callable[[int, int], None]) -> int:
    """Every key of the vault is wrapped anew, then the log says so."""
    keystore.rotate(context.settings.home / "keys", context.settings.passphrase, progress)
    with context.engine.begin() as connection:
        position = _tell(context, connection, "vault")
        consenting.spend(connection, consent, context.actor)
    return position


def _matching(context: Context, consent: str | None, progress: Callable[[int, int], None]) -> int:
    """While nothing is taken in or decided, all is made anew under the next key, which then takes over."""
    folder, passphrase = context.settings.home / "keys", context.settings.passphrase
    with (
        erasure.locked(context) as connection,
        alone(connection, validation.DECIDING),
        connection.begin(),
    ):
        matching.keep_marks(folder, passphrase, context.matching_key)
        coming = matching.prepare_next(folder, passphrase)
        rekeying.rekey(context, connection, coming, progress)
        position = _tell(context, connection, "matching", matching.check_of(coming))
        consenting.spend(connection, consent, context.actor)
    with context.engine.connect() as connection:
        matching.take_over(folder, connection, passphrase)
    for known in ("matching_key", "mark_keys"):
        vars(context).pop(known, None)
    return position


def _tell(
    context: Context, connection: Connection, kind: Literal["matching", "vault"], check: str | None = None
) -> int:
    """Record that another secret took over; the position."""
    stream = f"key-{kind}"
    version = log.stream_versions(connection, [stream]).get(stream, 0) + 1
    event = SecretKeyChanged(kind, version + 1, check)
    return log.append(connection, [NewEvent(stream, version, event)], context.actor).first


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
