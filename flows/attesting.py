"""What others attest of the log, as far as it is required or given: cosignatures of witnesses, stamps of time."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from events.checks import Fault
from events.proof import signing
from events.proof.note import Note, verify
from events.proof.signers import NoteError, VerifierKey, cosigned_at
from flows import stamping
from flows.context import Context
from flows.stamping import Stamp
from flows.witnesses import configured

_LATEST = int(datetime(9999, 12, 31, tzinfo=UTC).timestamp())
"""A witness may state any time; a later one has no date."""


@dataclass
class Attested:
    """The faults, who of the known witnesses cosigned the newest checkpoint and when, and the stamps that hold."""

    faults: list[Fault] = field(default_factory=list)
    cosigned: dict[str, datetime] = field(default_factory=dict)
    stamps: list[Stamp] = field(default_factory=list)


def attested(context: Context, authority: Path | None = None) -> Attested:
    """Require the quorum of witnesses for the checkpoint signed last, and with an `authority` check all stamps.

    `authority` is a PEM file with the certificates that are trusted. A fault is `cosignatures_lacking` with `size`,
    `count` and `required`, or one of `stamping.check`. Raises what `witnesses.configured` and `stamping` do.
    """
    found, wanted = Attested(), configured(context.settings)
    with context.engine.connect() as connection:
        stored = signing.latest(connection)
        if stored is not None:
            found.cosigned = dict(_cosigned(stored.note, wanted.keys))
            if len(found.cosigned) < wanted.quorum:
                where = {"size": stored.size, "count": len(found.cosigned), "required": wanted.quorum}
                found.faults.append(Fault("cosignatures_lacking", where))
        if authority is not None:
            for one in stamping.check(connection, context.settings, stamping.authority(authority)):
                if isinstance(one, Fault):
                    found.faults.append(one)
                else:
                    found.stamps.append(one)
    return found


def _cosigned(note: str, keys: tuple[VerifierKey, ...]) -> Iterator[tuple[str, datetime]]:
    """The witnesses whose cosignature holds; one that does not spoils no other."""
    for key in keys:
        try:
            line = verify(Note.parse(note.encode()), [key])[key]
        except NoteError:
            continue
        yield key.name, datetime.fromtimestamp(min(cosigned_at(line.value), _LATEST), UTC)
