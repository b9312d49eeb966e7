"""The tree and its entries as static files, laid out as C2SP tlog-tiles says: which tiles, where, and their growth."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import NamedTuple

from events.errors import RefusedError
from events.proof.merkle import HASH_SIZE, perfect_root

TILE_WIDTH = 256
TILE_HEIGHT = 8
MAX_ENTRY = 0xFFFF

TileReader = Callable[[int, int, int], bytes]
"""`(level, number, width)` to the concatenated hashes of that tile. It may answer with more than `width`
hashes (the same tile of a larger tree), never with fewer."""


class Tile(NamedTuple):
    """Where a tile of C2SP tlog-tiles stands and how many hashes (1 to 256) it holds."""

    level: int
    number: int
    width: int


def tile_at(level: int, number: int, size: int) -> Tile:
    """The tile at a place that a tree of `size` leaves has, with its width in that tree."""
    return Tile(level, number, min(TILE_WIDTH, (size >> TILE_HEIGHT * level) - number * TILE_WIDTH))


def read_tile(tile: Tile, read: TileReader) -> bytes:
    """Exactly the hashes of a tile; raises `RefusedError` (`tile_short`) when the reader answers with fewer."""
    found = bytes(read(*tile)[: tile.width * HASH_SIZE])
    if len(found) < tile.width * HASH_SIZE:
        raise RefusedError("tile_short", level=tile.level, number=tile.number, width=tile.width, bytes=len(found))
    return found


def tile_path(tile: Tile) -> str:
    """Path below the log's prefix, as `tile/0/x001/x234/067` or, for a partial tile, `tile/1/001.p/17`."""
    return f"tile/{tile.level}/{_numbered(tile)}"


def bundle_path(tile: Tile) -> str:
    """Path of the entry bundle beside a level 0 tile, as `tile/entries/x001/x234/067` or `tile/entries/273.p/112`."""
    return f"tile/entries/{_numbered(tile)}"


def changed_tiles(old: int, new: int) -> Iterator[Tile]:
    """Tiles of the tree of `new` leaves that the tree of `old` leaves lacks or has narrower, level by level.

    `changed_tiles(0, n)` are all tiles of a tree. Those of level 0 are also the entry bundles to write.
    """
    level = 0
    while new >> TILE_HEIGHT * level:
        before, after = old >> TILE_HEIGHT * level, new >> TILE_HEIGHT * level
        if before < after:
            for number in range(before // TILE_WIDTH, (after - 1) // TILE_WIDTH + 1):
                yield tile_at(level, number, new)
        level += 1


def partial_tiles(size: int) -> Iterator[Tile]:
    """The partial tiles of the tree of `size` leaves, level by level; an empty one is none."""
    level = 0
    while at_level := size >> TILE_HEIGHT * level:
        number, width = divmod(at_level, TILE_WIDTH)
        if width:
            yield Tile(level, number, width)
        level += 1


@dataclass(slots=True)
class _Row:
    """The last, still open tile of one level."""

    number: int = 0
    hashes: bytearray = field(default_factory=bytearray)
    grown: bool = False


def grow(size: int, read: TileReader, leaves: Iterable[bytes]) -> Iterator[tuple[Tile, bytes]]:
    """Append leaf hashes (32 bytes each) to a tree of `size` leaves: every tile that changes, with its hashes.

    Full tiles come as soon as they are full, each after those below it, and the partial tiles at the end, from
    level 0 up. Only the partial tiles of the old tree are read, at the start; memory is one tile a level.
    Raises `RefusedError`: `leaf_malformed` on leaves of another length, `tile_short` when a tile of the old tree
    lacks hashes.
    """
    rows = _right_edge(size, read)
    source = iter(leaves)
    while batch := list(islice(source, TILE_WIDTH - len(rows[0].hashes) // HASH_SIZE)):
        hashes = b"".join(batch)
        if len(hashes) != len(batch) * HASH_SIZE:
            raise RefusedError("leaf_malformed", tile=rows[0].number)
        yield from _push(rows, hashes)
    for level, row in enumerate(rows):
        if row.grown:
            yield Tile(level, row.number, len(row.hashes) // HASH_SIZE), bytes(row.hashes)


def encode_bundle(bodies: Iterable[bytes], first: int = 1) -> bytes:
    """Entries of one bundle, each after its length as big-endian uint16; the first of them is at position `first`.

    Raises `RefusedError` (`entry_too_long`, with the position) for a body above 65,535 bytes: the format can't hold it.
    """
    parts = bytearray()
    for position, body in enumerate(bodies, start=first):
        if len(body) > MAX_ENTRY:
            raise RefusedError("entry_too_long", position=position, bytes=len(body), limit=MAX_ENTRY)
        parts += len(body).to_bytes(2)
        parts += body
    return bytes(parts)


def decode_bundle(bundle: bytes) -> list[bytes]:
    """Entries of one bundle; raises `RefusedError` (`bundle_malformed`) when it ends inside an entry."""
    bodies: list[bytes] = []
    at = 0
    while at < len(bundle):
        start = at + 2
        end = start + int.from_bytes(bundle[at:start])
        if end > len(bundle):
            raise RefusedError("bundle_malformed", entry=len(bodies) + 1, bytes=len(bundle))
        bodies.append(bundle[start:end])
        at = end
    return bodies


def _numbered(tile: Tile) -> str:
    digits = str(tile.number)
    digits = digits.zfill(-(-len(digits) // 3) * 3)
    *leading, last = (digits[at : at + 3] for at in range(0, len(digits), 3))
    partial = f".p/{tile.width}" if tile.width < TILE_WIDTH else ""
    return "".join(f"x{part}/" for part in leading) + last + partial


def _right_edge(size: int, read: TileReader) -> list[_Row]:
    rows = []
    for level in range(max(1, -(-size.bit_length() // TILE_HEIGHT))):
        number, width = divmod(size >> TILE_HEIGHT * level, TILE_WIDTH)
        rows.append(_Row(number, bytearray(read_tile(Tile(level, number, width), read) if width else b"")))
    return rows


def _push(rows: list[_Row], hashes: bytes) -> Iterator[tuple[Tile, bytes]]:
    for level in range(len(rows) + 1):
        if level == len(rows):
            rows.append(_Row())
        row = rows[level]
        row.hashes += hashes
        row.grown = True
        if len(row.hashes) < TILE_WIDTH * HASH_SIZE:
            return
        full = bytes(row.hashes)
        yield Tile(level, row.number, TILE_WIDTH), full
        rows[level] = _Row(row.number + 1)
        hashes = perfect_root(full)
