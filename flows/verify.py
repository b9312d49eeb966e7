"""Verification that trusts nothing: the log recomputed, its checkpoints opened, the vault held against it."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import NamedTuple

import msgspec
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

import warehouse
from events import checks, log
from events.checks import Fault, VerifyFailed, at_most
from events.checks.current import current_events, without
from events.checks.log import last_position, open_bodies, stored_leaves, verify_columns
from events.checks.merkle_tree import Tree, verify_checkpoints
from events.checks.vault import verify_matches, verify_roots
from events.proof import history, signing
from events.proof.note import Note
from events.proof.signers import VerifierKey

_ISSUED = Path(warehouse.__file__).parent / "checks" / "issued.sql"

_UNREADABLE = {"body_malformed", "body_unknown", "body_not_canonical"}
"""Faults of a body that whoever reads the log stumbles over."""


@dataclass(frozen=True)
class Keys:
    """What comes from outside the database: the public key, and what else its holder was given.

    What is not there is not checked, and `Verified.unchecked` says so: the matching key, the key of the vault,
    checkpoints that were kept.
    """

    log: VerifierKey
    matching: bytes | None = None
    vault: object | None = None
    kept: Sequence[Note] = ()


@dataclass(frozen=True)
class Verified:
    """What was found to be as recorded, in numbers.

    Of `events`, the first `signed` are bound by a signed checkpoint, under `root` (hexadecimal); for the rest,
    nothing but the database itself speaks. `quarantined` are positions at which something unreadable was found, and
    about which that was decided. `unchecked` names what was not looked at, since its key is not here.
    """

    events: int
    signed: int
    root: str | None
    checkpoints: int
    files: int
    rows: int
    persons: int
    reports: int
    quarantined: Sequence[int] = ()
    unchecked: Sequence[str] = ()


Progress = Callable[[str, int, int], None]
"""Hears of each stage what is done and of how much."""


class _Compared(NamedTuple):
    """What the laws found, and the names of those that could not be run on what stands in the log."""

    faults: list[Fault]
    broken: list[str]


def verify(engine: Engine, keys: Keys, progress: Progress = lambda stage, done, of: None) -> Verified:
    """Verify everything, on one snapshot and without changing anything.

    The log is read on one connection while the server holds columns against bodies, and rows against rows, on
    another. Raises `VerifyFailed` of the first thing wrong, with all of them as its `parts`; what binds comes before
    what is bound.
    """
    with _snapshot(engine) as reading, _snapshot(engine) as comparing, ThreadPoolExecutor(1) as pool:
        snapshot = reading.exec_driver_sql("select pg_export_snapshot()").scalar_one()
        comparing.exec_driver_sql(f"set transaction snapshot '{snapshot}'")
        events = current_events(comparing)
        for connection in (reading, comparing):
            connection.exec_driver_sql("set transaction read only")
        compared = pool.submit(_compare, comparing, events, keys, progress)
        try:
            bound = list(_recompute(reading, keys, progress))
        finally:
            wait([compared])
        passed = _settle(reading, comparing, events, keys, bound, compared.result())
        return _counted(reading, keys, passed)


def verify_snapshot(connection: Connection, keys: Keys) -> Verified:
    """Verify everything that `connection` sees, its own uncommitted changes too; raises as `verify` does."""

    def ignore(stage: str, done: int, of: int) -> None:
        pass

    bound = list(_recompute(connection, keys, ignore))
    events = current_events(connection)
    passed = _settle(connection, connection, events, keys, bound, _compare(connection, events, keys, ignore))
    return _counted(connection, keys, passed)


def _snapshot(engine: Engine) -> Connection:
    return engine.connect().execution_options(isolation_level="REPEATABLE READ")


def _recompute(connection: Connection, keys: Keys, progress: Progress) -> Iterator[Fault]:
    """The head, the tree over the leaves, what was signed of it, and the bodies that no signature binds yet."""
    yield from checks.run(connection, checks.HEAD)
    last = last_position(connection)
    if last != connection.exec_driver_sql("select count(*) from events.event").scalar_one():
        yield from checks.run(connection, checks.GAP)
    tree = Tree(connection, last)
    yield from tree.verify(stored_leaves(connection, partial(progress, "log")))
    known = history.read(connection, keys.log)
    yield from (Fault("key_change_forged", {"position": position}) for position in known.forged)
    signed = yield from verify_checkpoints(connection, known, tree.size, keys.kept)
    yield from at_most(open_bodies(connection, signed, last), "bodies")


def _compare(connection: Connection, events: str, keys: Keys, progress: Progress) -> _Compared:
    """Columns, streams, vault and issued contents, with what the log says of them."""
    found = _Compared([], [])
    passes = list(_passes(connection, events, keys, progress))
    for done, (name, law) in enumerate(passes, start=1):
        try:
            with connection.begin_nested():
                found.faults.extend(law())
        except DBAPIError as failure:
            if failure.connection_invalidated or not _of_data(failure):
                raise
            found.broken.append(name)
        progress("laws", done, len(passes))
    return found


def _passes(
    connection: Connection, events: str, keys: Keys, progress: Progress
) -> Iterator[tuple[str, Callable[[], Iterable[Fault]]]]:
    """What holds the log against what is kept beside it, by name, in the order in which faults are told."""
    yield "columns", partial(verify_columns, connection)
    for file in (*checks.LAWS, _ISSUED):
        yield file.stem.lstrip("0123456789_"), partial(checks.run, connection, file, events)
    yield "roots", partial(verify_roots, connection, events)
    if keys.matching is not None:
        yield "matches", partial(verify_matches, connection, keys.matching, partial(progress, "matches"))


def _settle(
    reading: Connection, comparing: Connection, events: str, keys: Keys, bound: list[Fault], compared: _Compared
) -> list[int]:
    """Raise what was found; positions at which something unreadable was quarantined.

    Where anything is wrong, every body is opened: an event that is wrong in itself names the fault best, and laws that
    stumbled over it are run again without it.
    """
    if not bound and not compared.faults and not compared.broken:
        return []
    unreadable: set[int] = set()
    bodies = list(at_most(_noting(unreadable, open_bodies(reading, 0, last_position(reading))), "bodies"))
    if compared.broken or unreadable:
        compared = _compare(comparing, without(events, unreadable), keys, lambda stage, done, of: None)
    quarantined = _quarantined(reading) & unreadable
    found = [
        *(fault for fault in bound if fault.key in ("log_head", "log_gap")),
        *bodies,
        *bound,
        *(fault for fault in compared.faults if fault.where.get("column") != "body"),
        *(Fault("law_unchecked", {"law": name}) for name in compared.broken),
    ]
    _raise_all(fault for fault in found if not (fault.key in _UNREADABLE and fault.where["position"] in quarantined))
    return sorted(quarantined)


def _noting(unreadable: set[int], faults: Iterable[Fault]) -> Iterator[Fault]:
    """The same faults, while the positions of bodies that can't be read are noted."""
    for fault in faults:
        if fault.key in _UNREADABLE:
            unreadable.add(int(str(fault.where["position"])))
        yield fault


def _raise_all(faults: Iterable[Fault]) -> None:
    told = {(fault.key, *sorted(fault.where.items())): fault for fault in faults}
    parts = [VerifyFailed(key, **where) for key, where in told.values()]
    if parts:
        first = VerifyFailed(next(iter(told.values())).key, **parts[0].details)
        first.parts = parts
        raise first


def _quarantined(connection: Connection) -> set[int]:
    """Positions that somebody with the right to decided to pass over."""
    found = set()
    for body in connection.exec_driver_sql("select body::text from events.event where type = 'PositionQuarantined'"):
        try:
            found.add(int(msgspec.json.decode(body[0])["data"]["position"]))
        except (ValueError, TypeError, KeyError):  # which is told as that event's own fault
            continue
    return found


def _of_data(failure: DBAPIError) -> bool:
    """Whether a statement stumbled over what it read, and not over the server."""
    return str(getattr(failure.orig, "pgcode", None) or "").startswith(("21", "22", "54"))


def _counted(connection: Connection, keys: Keys, quarantined: Sequence[int]) -> Verified:
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
        quarantined=quarantined,
        unchecked=tuple(name for name in ("matching", "kept") if not getattr(keys, name)),
    )


def _count(connection: Connection, table: str) -> int:
    return int(connection.exec_driver_sql(f"select count(*) from {table}").scalar_one())
