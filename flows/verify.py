"""Verification that trusts nothing: the log recomputed, its checkpoints opened, the vault held against it."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, Engine

import warehouse
from events import checks, log
from events.checks.bodies import verify_bodies
from events.checks.tree import verify_checkpoints, verify_tiles
from events.checks.vault import verify_matches, verify_roots
from events.note import Note
from events.signers import VerifierKey

_ISSUED = Path(warehouse.__file__).parent / "checks" / "issued.sql"


@dataclass(frozen=True)
class Keys:
    """What comes from outside the database: the public key, the matching key, a checkpoint where one was kept."""

    log: VerifierKey
    matching: bytes
    kept: Note | None = None


@dataclass(frozen=True)
class Verified:
    """What was found to be as recorded, in numbers.

    Of `events`, the first `signed` are bound by a signed checkpoint, under `root` (hexadecimal); for the rest,
    nothing but the database itself speaks.
    """

    events: int
    signed: int
    root: str | None
    checkpoints: int
    files: int
    rows: int
    persons: int
    reports: int


Progress = Callable[[str, int, int], None]
"""Hears of each stage what is done and of how much."""


def verify(engine: Engine, keys: Keys, progress: Progress = lambda stage, done, of: None) -> Verified:
    """Verify everything, on one snapshot and without changing anything.

    Raises `VerifyFailed`, which names the first thing wrong and where; what binds comes before what is bound.
    """
    with engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection, connection.begin():
        connection.exec_driver_sql("set transaction read only")
        return verify_snapshot(connection, keys, progress)


def verify_snapshot(connection: Connection, keys: Keys, progress: Progress = lambda stage, done, of: None) -> Verified:
    """Verify everything that `connection` sees; raises as `verify` does."""
    for done, file in enumerate(found := checks.files("log"), start=1):
        checks.run(connection, file)
        progress("log", done, len(found))
    head, _ = log.head(connection)
    verify_bodies(connection, head, lambda done, of: progress("bodies", done, of))
    size = verify_tiles(connection, head, lambda done, of: progress("tree", done, of))
    signed = verify_checkpoints(connection, keys.log, size, keys.kept)
    for done, file in enumerate(found := [*checks.files("commitments"), _ISSUED], start=1):
        checks.run(connection, file)
        progress("commitments", done, len(found))
    verify_roots(connection)
    verify_matches(connection, keys.matching, lambda done, of: progress("matches", done, of))
    return Verified(
        events=head,
        signed=signed.size if signed else 0,
        root=signed.root.hex() if signed else None,
        checkpoints=_count(connection, "events.signed_checkpoint"),
        files=_count(connection, "vault.file"),
        rows=_count(connection, "vault.row"),
        persons=_count(connection, "vault.person"),
        reports=_count(connection, "issued.content"),
    )


def _count(connection: Connection, table: str) -> int:
    return int(connection.exec_driver_sql(f"select count(*) from {table}").scalar_one())
