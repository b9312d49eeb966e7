"""Verification that trusts nothing: the log recomputed, its checkpoints opened, the vault held against it."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, Engine

import warehouse
from events import checks, log
from events.checks import VerifyFailed
from events.checks.current import current_events
from events.checks.log import open_bodies, stored_leaves, verify_columns
from events.checks.merkle_tree import verify_checkpoints, verify_tiles
from events.checks.vault import verify_matches, verify_roots
from events.proof import signing
from events.proof.note import Note
from events.proof.signers import VerifierKey

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

    The log is read on one connection while the server holds columns against bodies, and rows against rows, on
    another. Raises `VerifyFailed`, which names the first thing wrong and where; what binds comes before what is bound.
    """
    with _snapshot(engine) as reading, _snapshot(engine) as comparing, ThreadPoolExecutor(1) as pool:
        snapshot = reading.exec_driver_sql("select pg_export_snapshot()").scalar_one()
        comparing.exec_driver_sql(f"set transaction snapshot '{snapshot}'")
        with _named(reading):
            events = current_events(comparing)
            for connection in (reading, comparing):
                connection.exec_driver_sql("set transaction read only")
            compared = pool.submit(_compare, comparing, events, keys, progress)
            try:
                _recompute(reading, keys, progress)
            finally:
                wait([compared])
            compared.result()
        return _counted(reading)


def verify_snapshot(connection: Connection, keys: Keys) -> Verified:
    """Verify everything that `connection` sees, its own uncommitted changes too; raises as `verify` does."""

    def ignore(stage: str, done: int, of: int) -> None:
        pass

    with _named(connection):
        _recompute(connection, keys, ignore)
        _compare(connection, current_events(connection), keys, ignore)
    return _counted(connection)


@contextmanager
def _named(connection: Connection) -> Iterator[None]:
    """Where anything fails, open every body first: an event that is wrong in itself names the fault best."""
    try:
        yield
    except VerifyFailed:
        checks.run(connection, checks.HEAD)
        open_bodies(connection, 0, log.head(connection)[0])
        raise


def _snapshot(engine: Engine) -> Connection:
    return engine.connect().execution_options(isolation_level="REPEATABLE READ")


def _recompute(connection: Connection, keys: Keys, progress: Progress) -> None:
    """The tree from the leaves, what was signed of it, and the bodies that no signature binds yet."""
    checks.run(connection, checks.HEAD)
    head, _ = log.head(connection)
    size = verify_tiles(connection, head, stored_leaves(connection, head, lambda done, of: progress("log", done, of)))
    signed = verify_checkpoints(connection, keys.log, size, keys.kept)
    open_bodies(connection, signed, head)


def _compare(connection: Connection, events: str, keys: Keys, progress: Progress) -> None:
    """Columns, streams, vault and issued contents, with what the log says of them."""
    verify_columns(connection)
    for done, file in enumerate(laws := [*checks.LAWS, _ISSUED], start=1):
        checks.run(connection, file, events)
        progress("laws", done, len(laws))
    verify_roots(connection, events)
    verify_matches(connection, keys.matching, lambda done, of: progress("matches", done, of))


def _counted(connection: Connection) -> Verified:
    signed = signing.latest(connection)
    return Verified(
        events=log.head(connection)[0],
        signed=signed.size if signed else 0,
        root=signed.root.hex() if signed else None,
        checkpoints=signed.number if signed else 0,
        files=_count(connection, "vault.file"),
        rows=_count(connection, "vault.row"),
        persons=_count(connection, "vault.person"),
        reports=_count(connection, "issued.content"),
    )


def _count(connection: Connection, table: str) -> int:
    return int(connection.exec_driver_sql(f"select count(*) from {table}").scalar_one())
