"""The log's Merkle tree in the database: tiles brought up to the head, and proofs read back from them."""

import json
from collections.abc import Iterable, Iterator
from itertools import chain

import psycopg2
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from events import turns
from events.database import cursor_of
from events.errors import RefusedError
from events.proof.merkle import EMPTY_ROOT, HASH_SIZE
from events.proof.proofs import Range, consistency_ranges, hashes_of, head_ranges, inclusion_ranges, tiles_for
from events.proof.tiles import TILE_WIDTH, Tile, TileReader

TURN = "tree"
"""The turn in which one process at a time grows the tree; appending does not take it."""

_LEAVES = 64 * TILE_WIDTH
"""Leaves read at a time."""


def grow(connection: Connection) -> int:
    """Bring the tiles up to the head of the log; the size of the tree.

    The server does it by itself, from the leaf hashes that stand in the log: nobody can hand it other ones. Inside the
    caller's transaction, which has the tree's turn to its end. Must be called under READ COMMITTED. Raises
    `RefusedError`: `verify.log_missing` where the log lacks a position.
    """
    turns.take(connection, TURN)
    try:
        return int(connection.exec_driver_sql("select events.grow_tree()").scalar_one())
    except DBAPIError as failure:
        if isinstance(failure.orig, psycopg2.Error) and failure.orig.pgcode == "NG009":
            raise RefusedError("verify.log_missing", **json.loads(failure.orig.diag.message_detail or "{}")) from None
        raise


def size(connection: Connection) -> int:
    """How many leaves the stored tiles hold."""
    row = connection.exec_driver_sql(
        "select number, length(hashes) as bytes from events.tile where level = 0 order by number desc limit 1"
    ).one_or_none()
    return row.number * TILE_WIDTH + row.bytes // HASH_SIZE if row else 0


def root(connection: Connection, size: int) -> bytes:
    """The root (32 bytes) of the tree of the first `size` events; raises `tile_short` beyond the stored tiles."""
    return _hashes(connection, head_ranges(size), size)[0] if size else EMPTY_ROOT


def prove(connection: Connection, position: int, size: int) -> list[bytes]:
    """The proof that the event at `position` is in the tree of `size` leaves, from tiles fetched in one select.

    Raises `UsageError` (`proof_outside_tree`) unless 1 <= position <= size, `RefusedError` (`tile_short`).
    """
    return _hashes(connection, inclusion_ranges(position - 1, size), size)


def prove_many(connection: Connection, positions: Iterable[int], size: int) -> list[list[bytes]]:
    """`prove` for each position, with one select for all."""
    wanted = [inclusion_ranges(position - 1, size) for position in positions]
    read = fetched(connection, tiles_for(chain.from_iterable(wanted), size))
    return [hashes_of(ranges, size, read) for ranges in wanted]


def consistency(connection: Connection, old: int, new: int) -> list[bytes]:
    """The proof that the tree of `new` leaves extends that of `old`; raises as `prove` does."""
    return _hashes(connection, consistency_ranges(old, new), new)


def reader(connection: Connection) -> TileReader:
    """Read tiles one by one, each with all the hashes that it has by now; nothing where there is none."""
    return lambda level, number, width: fetched(connection, [Tile(level, number, width)])(level, number, width)


def leaves(connection: Connection, old: int, head: int) -> Iterator[bytes]:
    """The stored leaf hashes of the events after position `old` up to `head`, in constant memory.

    Raises `RefusedError` (`verify.log_missing`) where the log lacks a position.
    """
    for after in range(old, head, _LEAVES):
        upto = min(after + _LEAVES, head)
        hashes = connection.exec_driver_sql(
            "select string_agg(leaf_hash, ''::bytea order by position) from events.event"
            " where position > %(after)s and position <= %(upto)s",
            {"after": after, "upto": upto},
        ).scalar()
        joined = bytes(hashes or b"")
        if len(joined) != (upto - after) * HASH_SIZE:
            raise RefusedError("verify.log_missing", first=after + 1, last=upto)
        for at in range(0, len(joined), HASH_SIZE):
            yield joined[at : at + HASH_SIZE]


def _hashes(connection: Connection, ranges: list[Range], size: int) -> list[bytes]:
    return hashes_of(ranges, size, fetched(connection, tiles_for(ranges, size)))


def fetched(connection: Connection, wanted: Iterable[Tile]) -> TileReader:
    """A reader of the tiles wanted, all of which come in one select; nothing where there is none."""
    levels, numbers = [], []
    for tile in wanted:
        levels.append(tile.level)
        numbers.append(tile.number)
    with cursor_of(connection) as cursor:
        cursor.execute(
            "select level, number, hashes from events.tile"
            " join unnest(%s::smallint[], %s::bigint[]) as wanted (level, number) using (level, number)",
            (levels, numbers),
        )
        found = {(level, number): bytes(hashes) for level, number, hashes in cursor}
    return lambda level, number, _width: found.get((level, number), b"")
