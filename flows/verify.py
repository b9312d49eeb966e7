"""Verification that trusts nothing: the log recomputed, its checkpoints opened, the vault held against it."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from events import checks, log
from events.checks import Fault, VerifyFailed, at_most
from events.checks.current import current_events, without
from events.checks.guards import verify_guards
from events.checks.log import last_position, open_bodies, stored_leaves, verify_columns
from events.checks.merkle_tree import Tree, verify_checkpoints
from events.checks.sealed import Matching, may_open, verify_mentions, verify_sealed
from events.checks.unreadable import verify_quarantined
from events.checks.vault import verify_roots
from events.log.quarantine import of_data, quarantined
from events.proof import history, signing
from events.proof.note import Note
from events.proof.signers import VerifierKey
from events.vault.keystore import KeyStore
from flows.replay import Opening, Replayed, replay
from schemas.text import fold
from warehouse import anew

_ISSUED = Path(anew.__file__).parent / "checks" / "issued.sql"

_UNREADABLE = {"body_malformed", "body_unknown", "body_not_canonical"}
"""Faults of a body that whoever reads the log stumbles over."""


_COUNTED_ROWS = "select coalesce(sum(octet_length(leaves)), 0) / 32 from vault.workbook"
_POSITIONS = "select count(*), count(distinct position) from events.event"


@dataclass(frozen=True)
class Keys:
    """What comes from outside the database: the public key, and what else its holder was given.

    What is not there is not checked, and `Verified.unchecked` says so: the matching key, the key of the vault,
    checkpoints that were kept.
    """

    log: VerifierKey
    matching: bytes | None = None
    vault: KeyStore | None = None
    kept: Sequence[Note] = ()


@dataclass(frozen=True)
class Verified:
    """What was found to be as recorded, in numbers.

    Of `events`, the first `signed` are bound by a signed checkpoint, under `root` (hexadecimal); for the rest,
    nothing but the database itself speaks. `quarantined` are positions of which it was decided that they are passed
    over. The rows of `replayed` submissions were held against their facts, `partly` of them
    only as far as they were not erased. `unchecked` names what was not looked at, since its key is not here.
    """

    events: int
    signed: int
    root: str | None
    checkpoints: int
    files: int
    rows: int
    persons: int
    reports: int
    replayed: int = 0
    partly: int = 0
    quarantined: Sequence[int] = ()
    unchecked: Sequence[str] = ()


Progress = Callable[[str, int, int], None]
"""Hears of each stage what is done and of how much."""


class _Compared(NamedTuple):
    """What the laws found, and the names of those that could not be run on what stands in the log."""

    faults: list[Fault]
    broken: list[str]


class _Replayed(NamedTuple):
    """What the replay found, and what it went through."""

    found: _Compared
    counts: Replayed


class _Settled(NamedTuple):
    """All faults in the order in which they are told, what is quarantined, what was replayed."""

    faults: list[Fault]
    quarantined: list[int]
    replayed: Replayed


def verify(
    engine: Engine,
    keys: Keys,
    progress: Progress = lambda stage, done, of: None,
    *,
    warehouse: bool = False,
) -> Verified:
    """Verify everything, on one snapshot and without changing anything.

    The log is read on one connection while the server goes through the laws on another; then both go on with them.
    With `warehouse`, every body is opened, signed or not, and the warehouse projected anew and compared.
    Raises `VerifyFailed` of the first thing wrong, with all of them as its `parts`; what binds comes before what is
    bound.
    """
    with _snapshot(engine) as reading, _snapshot(engine) as comparing, ThreadPoolExecutor(1) as pool:
        snapshot = reading.exec_driver_sql("select pg_export_snapshot()").scalar_one()
        comparing.exec_driver_sql(f"set transaction snapshot '{snapshot}'")
        keys = _usable(comparing, keys)
        for connection in (reading, comparing):
            events = current_events(connection)
            connection.exec_driver_sql("set transaction read only")
        laws = _Laws(events, keys, progress)
        compared = pool.submit(laws.share, comparing)
        try:
            bound = list(_recompute(reading, keys, progress, everything=warehouse))
            replayed = _replay(reading, keys)
            laws.share(reading)
        finally:
            wait([compared])
        compared.result()
        settled = _settle(reading, events, keys, bound, laws.compared(), replayed)
        found = _counted(reading, keys, settled)
    if warehouse:
        with engine.connect() as connection:
            settled.faults.extend(_projected(connection, partial(progress, "warehouse")))
            connection.rollback()
    _raise_all(settled.faults)
    return found


def verify_snapshot(connection: Connection, keys: Keys, *, warehouse: bool = False) -> Verified:
    """Verify everything that `connection` sees, its own uncommitted changes too; raises as `verify` does."""

    def ignore(stage: str, done: int, of: int) -> None:
        pass

    keys = _usable(connection, keys)
    bound = list(_recompute(connection, keys, ignore, everything=warehouse))
    events = current_events(connection)
    settled = _settle(connection, events, keys, bound, _compare(connection, events, keys), _replay(connection, keys))
    if warehouse:
        with connection.begin_nested() as aside:
            settled.faults.extend(_projected(connection, partial(ignore, "warehouse")))
            aside.rollback()
    _raise_all(settled.faults)
    return _counted(connection, keys, settled)


def _usable(connection: Connection, keys: Keys) -> Keys:
    """The keys without that of the vault, where this account may not read what is sealed with it."""
    return keys if keys.vault is None or may_open(connection) else replace(keys, vault=None)


def _projected(connection: Connection, progress: Callable[[int, int], None]) -> list[Fault]:
    """What differs between the warehouse and what the log makes of it."""
    found: list[Fault] = []
    try:
        with connection.begin_nested():
            found.extend(anew.compare(connection, progress))
    except (DBAPIError, LookupError, TypeError, ValueError, AttributeError) as failure:
        if isinstance(failure, DBAPIError) and not of_data(failure):
            raise
        found.append(Fault("warehouse_unchecked", {}))
    return found


def _snapshot(engine: Engine) -> Connection:
    return engine.connect().execution_options(isolation_level="REPEATABLE READ")


def _recompute(connection: Connection, keys: Keys, progress: Progress, *, everything: bool) -> Iterator[Fault]:
    """The head, the tree over the leaves, what was signed of it, and the bodies that no signature binds yet, or all."""
    yield from checks.run(connection, checks.HEAD)
    last = last_position(connection)
    if [(last, last)] != [tuple(row) for row in connection.exec_driver_sql(_POSITIONS)]:
        yield from checks.run(connection, checks.GAP)
    tree = Tree(connection, last)
    yield from tree.verify(stored_leaves(connection, partial(progress, "log")))
    known = history.read(connection, keys.log)
    yield from (Fault("key_change_forged", {"position": position}) for position in known.forged)
    signed = yield from verify_checkpoints(connection, known, tree.size, keys.kept)
    yield from at_most(open_bodies(connection, 0 if everything else signed, last), "bodies")


Law = Callable[[Connection], Iterable[Fault]]
"""A pass that holds the log against what is kept beside it."""


class _Laws:
    """Laws that several connections go through together, each taking the next that is left."""

    def __init__(self, events: str, keys: Keys, progress: Progress) -> None:
        numbered = list(enumerate(_laws(events, keys, progress)))
        self._count, self._left = len(numbered), iter(numbered)  # of a list, so that each is taken once
        self._found: dict[int, _Compared] = {}
        self._progress = progress

    def share(self, connection: Connection) -> None:
        """Go through what is left of the laws."""
        for number, (name, law) in self._left:
            self._found[number] = _run(connection, name, law)
            self._progress("laws", len(self._found), self._count)

    def compared(self) -> _Compared:
        """What all laws found, in the order in which faults are told."""
        found = [self._found[number] for number in sorted(self._found)]
        return _Compared(
            [fault for one in found for fault in one.faults], [name for one in found for name in one.broken]
        )


def _compare(connection: Connection, events: str, keys: Keys) -> _Compared:
    """Columns, streams, vault and issued contents, with what the log says of them."""
    laws = _Laws(events, keys, lambda stage, done, of: None)
    laws.share(connection)
    return laws.compared()


def _replay(connection: Connection, keys: Keys) -> _Replayed:
    """The rows of returns against their facts, as far as the keys open them."""
    counts = Replayed()
    if keys.matching is None or keys.vault is None:
        return _Replayed(_Compared([], []), counts)
    opening = Opening(keys.matching, keys.vault)
    law = partial(_replayed, opening=opening, counts=counts)
    return _Replayed(_run(connection, "replay", law), counts)


def _replayed(connection: Connection, opening: Opening, counts: Replayed) -> Iterator[Fault]:
    return at_most(replay(connection, opening, counts), "replay")


def _run(connection: Connection, name: str, law: Law) -> _Compared:
    """What a law finds, or that it stumbles over what is stored: no law stops another."""
    try:
        with connection.begin_nested():
            return _Compared(list(law(connection)), [])
    except (DBAPIError, LookupError, TypeError, ValueError, AttributeError) as failure:
        if isinstance(failure, DBAPIError) and not of_data(failure):
            raise
        return _Compared([], [name])


def _laws(events: str, keys: Keys, progress: Progress) -> Iterator[tuple[str, Law]]:
    """What holds the log against what is kept beside it, by name, in the order in which faults are told."""
    yield "columns", verify_columns
    for file in (*checks.LAWS, _ISSUED):
        yield file.stem.lstrip("0123456789_"), partial(checks.run, file=file, events=events)
    yield "roots", partial(verify_roots, events=events)
    if keys.vault is not None:
        matching = None if keys.matching is None else Matching(keys.matching, fold)
        opened = partial(progress, "sealed")
        yield "sealed", partial(verify_sealed, events=events, store=keys.vault, matching=matching, progress=opened)
    if keys.matching is not None:
        yield "mentions", partial(verify_mentions, matching=keys.matching)
    yield "quarantine", verify_quarantined
    yield "guards", verify_guards


def _settle(
    connection: Connection,
    events: str,
    keys: Keys,
    bound: list[Fault],
    compared: _Compared,
    replayed: _Replayed,
) -> _Settled:
    """What was found, once; positions at which something unreadable was quarantined, and what was replayed.

    Where anything is wrong, every body is opened: an event that is wrong in itself names the fault best, and laws that
    stumbled over it are run again without it.
    """
    passed = quarantined(connection)
    if not any((bound, *compared, *replayed.found)):
        return _Settled([], sorted(passed), replayed.counts)
    unreadable: set[int] = set()
    bodies = list(at_most(_noting(unreadable, open_bodies(connection, 0, last_position(connection))), "bodies"))
    if compared.broken or unreadable:
        compared = _compare(connection, without(events, unreadable), keys)
    found = [
        *(fault for fault in bound if fault.key in ("log_head", "log_gap")),
        *bodies,
        *bound,
        *(fault for fault in compared.faults if fault.where.get("column") != "body"),
        *replayed.found.faults,
        *(Fault("law_unchecked", {"law": name}) for name in (*compared.broken, *replayed.found.broken)),
    ]
    faults = [fault for fault in found if not (fault.key in _UNREADABLE and fault.where["position"] in passed)]
    return _Settled(faults, sorted(passed), replayed.counts)


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


def _counted(connection: Connection, keys: Keys, settled: _Settled) -> Verified:
    signed = signing.latest(connection)
    return Verified(
        events=log.head(connection)[0],
        signed=signed.size if signed else 0,
        root=signed.root.hex() if signed else None,
        checkpoints=signed.number if signed else 0,
        files=_count(connection, "vault.file"),
        rows=int(connection.exec_driver_sql(_COUNTED_ROWS).scalar_one()),
        persons=_count(connection, "vault.person"),
        reports=_count(connection, "issued.content"),
        replayed=settled.replayed.submissions,
        partly=settled.replayed.partly,
        quarantined=settled.quarantined,
        unchecked=tuple(name for name in ("matching", "vault", "kept") if not getattr(keys, name)),
    )


def _count(connection: Connection, table: str) -> int:
    return int(connection.exec_driver_sql(f"select count(*) from {table}").scalar_one())
