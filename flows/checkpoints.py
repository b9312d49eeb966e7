"""Signing the head of the log, so that no fork is ever signed, and publishing what was signed outside the database."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, text

from events import keys
from events.errors import NguonError, UsageError
from events.proof import history, signing
from events.proof.history import History
from events.proof.note import Note
from events.proof.signers import SigningKey, VerifierKey
from flows import outside, witnessing
from flows.context import Context
from flows.verify import Keys
from schemas.policies.safety import UNSIGNED_HOURS
from warehouse import policies


@dataclass(frozen=True)
class Signed:
    """The newest checkpoint, the keys that sign this log, and what kept it from being published everywhere."""

    note: Note
    keys: History
    troubles: Sequence[NguonError] = ()


def sign(context: Context) -> Signed:
    """Sign the whole log, anew only where something was recorded since the last time, and publish what is signed.

    Before, what was published earlier, and what witnesses have seen, must be of the same log: a database that was set
    back, or that says something else, is not signed, and what is published stays. Then the witnesses are asked to
    cosign. Raises what `signing.sign_head`, `outside.newest`, `witnessing.cosign` and `keys.load_signing` do;
    NguonError `file_unwritable`.
    """
    settings = context.settings
    with outside.publishing(settings):
        origin = public_key(context).name
        published, troubles = outside.newest(settings, origin)
        known_outside = [one.note for one in published] + [note for _, note in witnessing.seen(context, origin)]
        with context.engine.begin() as connection:
            key = signing_key(context, connection)
            note = signing.sign_head(connection, key, known_outside)
            known = history.read(connection, key.verifier)
        try:
            note = witnessing.cosign(context, note)
        finally:
            troubles = [*outside.publish(settings, note, known), *troubles]
    once = {str(trouble.details["path"]): trouble for trouble in troubles}
    return Signed(note, known, list(once.values()))


def signing_key(context: Context, connection: Connection) -> SigningKey:
    """The key that signs by now: one that was about to take over when somebody was cut off does so."""
    folder, passphrase = context.settings.home / "keys", context.settings.passphrase
    key = keys.load_signing(folder, passphrase)
    return keys.take_over(folder, history.read(connection, key.verifier).newest, passphrase)


def latest(context: Context, log_key: VerifierKey | None = None) -> Signed:
    """The newest checkpoint as it stands: signed just now where this home has the key, else the one signed last.

    With `log_key` nothing is signed, and no secret is needed. Raises as `sign` does, and UsageError `checkpoint_none`.
    """
    if log_key is None:
        return sign(context)
    note = newest(context)
    with context.engine.connect() as connection:
        return Signed(note, history.read(connection, log_key))


def newest(context: Context) -> Note:
    """The checkpoint that was signed last; raises UsageError `checkpoint_none`."""
    with context.engine.connect() as connection:
        stored = signing.latest(connection)
    if stored is None:
        raise UsageError("checkpoint_none")
    return Note.parse(stored.note.encode())


def public_key(context: Context) -> VerifierKey:
    """The public half of this home's key."""
    return keys.load_signing(context.settings.home / "keys", context.settings.passphrase).verifier


def keys_of(context: Context, log_key: VerifierKey | None = None, checkpoint: Path | None = None) -> Keys:
    """What this home knows of its log from outside the database; with `log_key` it needs no secret.

    Of the checkpoints the newest, or the one in the file `checkpoint`. Raises as `outside.newest` and
    `keys.load_signing` do; UsageError `file_missing`.
    """
    log_key = log_key or public_key(context)
    if checkpoint is None:
        kept, _ = outside.newest(context.settings, log_key.name)
    else:
        try:
            kept = [outside.read(checkpoint)]
        except FileNotFoundError:
            raise UsageError("file_missing", file=checkpoint) from None
        except OSError as failure:
            raise UsageError("file_unreadable", file=checkpoint, reason=failure.strerror) from None
    matching = context.settings.home / "keys" / keys.MATCHING_FILE
    return Keys(
        log_key,
        matching=context.matching_key if matching.exists() else None,
        vault=context.keystore_if_any,
        kept=tuple(one.note for one in kept),
    )


def unsigned_since(context: Context) -> datetime | None:
    """Since when something is recorded that no checkpoint binds; None where all is signed."""
    with context.engine.connect() as connection:
        return connection.execute(
            text(
                "select recorded_at from events.event"
                " where position = 1 + (select coalesce(max(size), 0) from events.signed_checkpoint)"
            )
        ).scalar()


def overdue(context: Context) -> int | None:
    """For how many hours something has been unsigned, where that is longer than the policy allows."""
    since = unsigned_since(context)
    if since is None:
        return None
    with context.engine.connect() as connection:
        now = datetime.now(UTC)
        allowed = policies.rules(connection).in_force(UNSIGNED_HOURS, now.date()).value
    waited = now - since
    return int(waited / timedelta(hours=1)) if waited > timedelta(hours=allowed) else None
