"""Tree heads and proofs of RFC 9162 from stored tiles: O(log n) hashes, at most two tiles a level.

What to prove is first a list of leaf ranges, so that a caller can fetch all the tiles in one go.
"""

from collections.abc import Iterable, Iterator
from functools import cache

from events.errors import UsageError
from events.proof.merkle import EMPTY_ROOT, HASH_SIZE, node_hash, perfect_root
from events.proof.tiles import TILE_HEIGHT, TILE_WIDTH, Tile, TileReader, read_tile, tile_at

Range = tuple[int, int]


def head_ranges(size: int) -> list[Range]:
    """The one range of leaves whose hash is the head of a tree of `size` leaves; none for the empty tree."""
    return [(0, size)] if size else []


def inclusion_ranges(index: int, size: int) -> list[Range]:
    """Ranges `[start, end)` of leaves whose hashes make up PATH(index, D[size]) of section 2.1.3.1.

    Raises `UsageError` (`proof_outside_tree`) unless 0 <= index < size.
    """
    if not 0 <= index < size:
        raise UsageError("proof_outside_tree", asked=index + 1, size=size)
    start, end, ranges = 0, size, []
    while end - start > 1:
        split = _split(start, end)
        if index < split:
            ranges.append((split, end))
            end = split
        else:
            ranges.append((start, split))
            start = split
    return ranges[::-1]


def consistency_ranges(old: int, new: int) -> list[Range]:
    """Ranges `[start, end)` of leaves whose hashes make up PROOF(old, D[new]) of section 2.1.4.1.

    None when the sizes are equal or the old tree is empty: there is nothing to prove.
    Raises `UsageError` (`proof_outside_tree`) unless 0 <= old <= new.
    """
    if not 0 <= old <= new:
        raise UsageError("proof_outside_tree", asked=old, size=new)
    if old == 0:
        return []
    start, end, ranges = 0, new, []
    while end != old:
        split = _split(start, end)
        if old <= split:
            ranges.append((split, end))
            end = split
        else:
            ranges.append((start, split))
            start = split
    if start > 0:
        ranges.append((start, end))
    return ranges[::-1]


def tiles_for(ranges: Iterable[Range], size: int) -> set[Tile]:
    """The tiles of a tree of `size` leaves that hold what the ranges need, to be fetched in one go."""
    return {_place(height, index, size)[0] for start, end in ranges for height, index in _subtrees(start, end)}


def hashes_of(ranges: Iterable[Range], size: int, read: TileReader) -> list[bytes]:
    """Merkle tree hash of each range, from at most two tiles per level of a tree of `size` leaves.

    Raises `RefusedError` (`tile_short`) when the reader answers with fewer hashes than the tile must have.
    """

    @cache
    def hashes(tile: Tile) -> bytes:
        return read_tile(tile, read)

    def subtree(height: int, index: int) -> bytes:
        tile, first, count = _place(height, index, size)
        return perfect_root(hashes(tile)[first * HASH_SIZE : (first + count) * HASH_SIZE])

    def range_hash(start: int, end: int) -> bytes:
        *larger, right = [subtree(height, index) for height, index in _subtrees(start, end)]
        for left in reversed(larger):
            right = node_hash(left, right)
        return right

    return [range_hash(start, end) for start, end in ranges]


def tree_head(size: int, read: TileReader) -> bytes:
    """MTH(D[size]), 32 bytes; raises as `hashes_of` does."""
    return hashes_of(head_ranges(size), size, read)[0] if size else EMPTY_ROOT


def inclusion_proof(index: int, size: int, read: TileReader) -> list[bytes]:
    """Proof that leaf `index` is in the tree of `size` leaves; raises as `inclusion_ranges` and `hashes_of` do."""
    return hashes_of(inclusion_ranges(index, size), size, read)


def consistency_proof(old: int, new: int, read: TileReader) -> list[bytes]:
    """Proof that the tree of `new` leaves extends that of `old`; raises as `consistency_ranges` and `hashes_of` do."""
    return hashes_of(consistency_ranges(old, new), new, read)


def _split(start: int, end: int) -> int:
    return start + (1 << (end - start - 1).bit_length() - 1)


def _subtrees(start: int, end: int) -> Iterator[tuple[int, int]]:
    """Height and index of the perfect subtrees that a range of the RFC's proofs consists of, left to right."""
    while start < end:
        height = (end - start).bit_length() - 1
        yield height, start >> height
        start += 1 << height


def _place(height: int, index: int, size: int) -> tuple[Tile, int, int]:
    """The tile under a perfect subtree, with the first and the number of the hashes in it that the subtree spans."""
    level, rest = divmod(height, TILE_HEIGHT)
    first = index << rest
    return tile_at(level, first // TILE_WIDTH, size), first % TILE_WIDTH, 1 << rest
