"""Which tiles a tree has, where they lie, how they grow, and how entries are bundled."""

import tracemalloc
from collections.abc import Iterator
from itertools import repeat

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.errors import RefusedError
from events.proof.merkle import leaf_hash
from events.proof.tiles import (
    Tile,
    TileReader,
    bundle_path,
    changed_tiles,
    decode_bundle,
    encode_bundle,
    grow,
    tile_path,
)
from tests.events import naive

Stored = dict[tuple[int, int], bytes]


def bodies(first: int, last: int) -> list[bytes]:
    return [b"%d" % index for index in range(first, last)]


def reader(stored: Stored) -> TileReader:
    return lambda level, number, width: stored[level, number][: width * 32]


def grown(stored: Stored, old: int, new: int) -> dict[Tile, bytes]:
    return dict(grow(old, reader(stored), map(leaf_hash, bodies(old, new))))


def stored(tiles: dict[Tile, bytes]) -> Stored:
    return {(tile.level, tile.number): hashes for tile, hashes in tiles.items()}


@pytest.mark.parametrize(
    ("tile", "path"),
    [
        (Tile(0, 0, 256), "tile/0/000"),
        (Tile(0, 999, 256), "tile/0/999"),
        (Tile(0, 1000, 256), "tile/0/x001/000"),
        (Tile(0, 1_234_067, 256), "tile/0/x001/x234/067"),
        (Tile(3, 1_000_000, 255), "tile/3/x001/x000/000.p/255"),
        (Tile(1, 1, 17), "tile/1/001.p/17"),
        (Tile(2, 0, 1), "tile/2/000.p/1"),
    ],
)
def test_tile_paths_are_those_of_tlog_tiles(tile: Tile, path: str) -> None:
    assert tile_path(tile) == path


def test_entry_bundles_lie_beside_the_tiles() -> None:
    assert bundle_path(Tile(0, 1_234_067, 8)) == "tile/entries/x001/x234/067.p/8"
    assert bundle_path(Tile(0, 273, 256)) == "tile/entries/273"


def test_a_tree_of_70000_has_the_tiles_that_the_specification_names() -> None:
    tiles = list(changed_tiles(0, 70_000))

    assert [tile for tile in tiles if tile.width < 256] == [Tile(0, 273, 112), Tile(1, 1, 17), Tile(2, 0, 1)]
    assert [tile for tile in tiles if tile.width == 256] == [*(Tile(0, n, 256) for n in range(273)), Tile(1, 0, 256)]


def test_a_tree_of_256_has_a_full_tile_and_one_hash_above_it() -> None:
    assert list(changed_tiles(0, 256)) == [Tile(0, 0, 256), Tile(1, 0, 1)]
    assert list(changed_tiles(0, 0)) == list(changed_tiles(256, 256)) == []


def test_each_hash_in_a_tile_is_the_merkle_tree_hash_of_its_entries() -> None:
    size = 65_536 + 700
    entries = bodies(0, size)
    tiles = grown({}, 0, size)

    assert {tile.level for tile in tiles} == {0, 1, 2}
    for (level, number, width), hashes in tiles.items():
        span = 256**level
        first = number * 256
        expected = [naive.mth(entries[at * span : (at + 1) * span]) for at in range(first, first + width)]
        assert hashes == b"".join(expected)


steps = st.lists(st.one_of(st.integers(0, 40), st.integers(200, 300), st.integers(0, 1_000)), max_size=6)


@given(steps)
def test_a_tree_grown_in_steps_equals_one_built_at_once(steps: list[int]) -> None:
    kept: Stored = {}
    size = 0
    for step in steps:
        kept |= stored(grown(kept, size, size + step))
        size += step

    assert kept == stored(grown({}, 0, size))


@given(st.sampled_from([0, 65_536 - 300]), st.integers(0, 700), st.integers(0, 700))
def test_growing_writes_exactly_the_tiles_that_change(base: int, first: int, second: int) -> None:
    old, new = base + first, base + first + second
    before = BUILT | stored(grown(BUILT, base, old)) if base else stored(grown({}, 0, old))

    written = grown(before, old, new)

    assert set(written) == set(changed_tiles(old, new))
    assert all(len(hashes) == tile.width * 32 for tile, hashes in written.items())
    assert all(before.get((tile.level, tile.number)) != hashes for tile, hashes in written.items())


BUILT = stored(grown({}, 0, 65_536 - 300))


def test_growing_reads_only_the_right_edge_of_the_old_tree() -> None:
    asked = []

    def read(level: int, number: int, width: int) -> bytes:
        asked.append(Tile(level, number, width))
        return bytes(width * 32)

    assert len(dict(grow(70_000, read, repeat(bytes(32), 3)))) == 1
    assert asked == [Tile(0, 273, 112), Tile(1, 1, 17), Tile(2, 0, 1)]


def test_growing_takes_the_memory_of_a_few_tiles_however_many_leaves_come() -> None:
    def peak(leaves: int) -> int:
        tracemalloc.start()
        try:
            for _ in grow(0, reader({}), repeat(bytes(32), leaves)):
                pass
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    assert peak(140_000) < 200_000


def test_a_full_tile_comes_before_later_leaves_are_asked_for() -> None:
    def leaves() -> Iterator[bytes]:
        yield from repeat(bytes(32), 256)
        raise AssertionError("a leaf was asked for too early")

    assert next(grow(0, reader({}), leaves()))[0] == Tile(0, 0, 256)


def test_leaves_that_are_no_hashes_and_tiles_that_lack_some_are_refused() -> None:
    with pytest.raises(RefusedError, match="leaf_malformed"):
        list(grow(0, reader({}), [b"short"]))
    with pytest.raises(RefusedError, match="tile_short"):
        list(grow(5, lambda level, number, width: bytes(32 * 4), [bytes(32)]))


@given(st.lists(st.binary(max_size=300), max_size=20))
def test_a_bundle_gives_back_its_entries(entries: list[bytes]) -> None:
    assert decode_bundle(encode_bundle(entries)) == entries


def test_a_bundle_is_length_prefixed_big_endian() -> None:
    assert encode_bundle([b"ab", b"", b"c" * 258]) == b"\x00\x02ab" + b"\x00\x00" + b"\x01\x02" + b"c" * 258


def test_an_entry_of_65535_bytes_fits_and_one_more_is_refused() -> None:
    largest = bytes(65_535)

    assert decode_bundle(encode_bundle([largest])) == [largest]
    with pytest.raises(RefusedError, match="entry_too_long") as refused:
        encode_bundle([b"a", largest + b"!"], first=257)
    assert refused.value.details["position"] == 258


@pytest.mark.parametrize("cut", [1, 2, 3, 5])
def test_a_bundle_that_ends_inside_an_entry_is_refused(cut: int) -> None:
    whole = encode_bundle([b"first", b"four"])

    with pytest.raises(RefusedError, match="bundle_malformed"):
        decode_bundle(whole[:-cut])
