"""Heads and proofs from tiles against the RFC's own definitions, published vectors and an independent library."""

from base64 import b64decode
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymerkle import ConsistencyProof, InmemoryTree

from events.errors import RefusedError, UsageError
from events.proof.merkle import EMPTY_ROOT, leaf_hash, node_hash, root, verify_consistency, verify_inclusion
from events.proof.proofs import (
    consistency_proof,
    consistency_ranges,
    hashes_of,
    head_ranges,
    inclusion_proof,
    inclusion_ranges,
    tiles_for,
    tree_head,
)
from events.proof.tiles import Tile, TileReader, grow
from tests.events import naive

LARGEST = 1_100


@cache
def tiles(size: int) -> dict[tuple[int, int], bytes]:
    leaves = map(leaf_hash, bodies(size))
    return {(tile.level, tile.number): hashes for tile, hashes in grow(0, unread, leaves)}


def reader(size: int) -> TileReader:
    stored = tiles(size)
    return lambda level, number, width: stored[level, number][: width * 32]


def unread(level: int, number: int, width: int) -> bytes:
    raise AssertionError("an empty tree has no tile to read")


def bodies(size: int) -> list[bytes]:
    return [b"event %d" % index for index in range(size)]


sizes = st.one_of(st.integers(1, LARGEST), st.sampled_from([1, 2, 255, 256, 257, 511, 512, 513, 1024, 1025]))


@st.composite
def leaf_in_tree(draw: st.DrawFn) -> tuple[int, int]:
    size = draw(sizes)
    return draw(st.integers(0, size - 1)), size


@st.composite
def two_sizes(draw: st.DrawFn) -> tuple[int, int]:
    new = draw(sizes)
    return draw(st.one_of(st.integers(1, new), sizes.filter(lambda old: old <= new))), new


# The eight leaves of the certificate-transparency reference implementation, and what it publishes for them.
CT_LEAVES = [
    bytes.fromhex(text)
    for text in ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
]
CT_ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
H01 = "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"
H23 = "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e"
H45 = "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a"
H67 = "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0"
H0123 = "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"
H4567 = "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"
L0 = "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
L1 = "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7"
L4 = "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"
CT_INCLUSION = [
    (0, 1, []),
    (0, 8, [L1, H23, H4567]),
    (5, 8, [L4, H67, H0123]),
    (2, 3, [H01]),
    (1, 5, [L0, H23, L4]),
]
CT_CONSISTENCY = [(1, 1, []), (1, 8, [L1, H23, H4567]), (6, 8, [H45, H67, H0123]), (2, 5, [H23, L4])]

# Roots that transparency-dev/merkle publishes for trees whose leaf i is i as two bytes, little-endian.
LARGE_ROOTS = {
    10: "VjWMPSYNtCuCNlF/RLnQy6HcwSk6CIipfxm+hettA+4=",
    15: "j4SulYmocFuxdeyp12xXCIgK6PekBcxzAIj4zbQzNEI=",
    16: "c+4Uc6BCMOZf/v3NZK1kqTUJe+bBoFtOhP+P3SayKRE=",
    100: "dUh9hYH88p0CMoHkdr1wC2szbhcLAXOejWpINIooKUY=",
    255: "SmdsuKUqiod3RX2jyF2M6JnbdE4QuTwwipfAowI4/i0=",
    256: "qFI0t/tZ1MdOYgyPpPzHFiZVw86koScXy9q3FU5casA=",
    1000: "RXrgb8xHd55Y48FbfotJwCbV82Kx22LZfEbmBGAvwlQ=",
    4095: "cWRFdQhPcjn9WyBXE/r1f04ejxIm5lvg40DEpRBVS0w=",
    4096: "6uU/phfHg1n/GksYT6TO9aN8EauMCCJRl3dIK0HDs2M=",
    10000: "VZcav65F9haHVRk3wre2axFoBXRNeUh/1d9d5FQfxIg=",
    65535: "iPuVYJhP6SEE4gUFp8qbafd2rYv9YTCDYqAxCj8HdLM=",
}


def ct_reader(size: int) -> TileReader:
    leaves = b"".join(map(leaf_hash, CT_LEAVES[:size]))
    return lambda level, number, width: leaves


def test_hashes_are_those_published_for_rfc_6962() -> None:
    assert leaf_hash(b"L123456").hex() == "395aa064aa4c29f7010acfe3f25db9485bbd4b91897b6ad7ad547639252b4d56"
    assert node_hash(b"N123", b"N456").hex() == "aa217fe888e47007fa15edab33c2b492a722cb106c64667fc2b044444de66bbb"


@pytest.mark.parametrize("size", range(9))
def test_heads_are_those_published_for_the_reference_leaves(size: int) -> None:
    assert tree_head(size, ct_reader(size)).hex() == CT_ROOTS[size]


@pytest.mark.parametrize(("index", "size", "expected"), CT_INCLUSION)
def test_inclusion_proofs_are_those_published_and_verify(index: int, size: int, expected: list[str]) -> None:
    proof = inclusion_proof(index, size, ct_reader(size))

    assert [part.hex() for part in proof] == expected
    assert verify_inclusion(leaf_hash(CT_LEAVES[index]), index, size, proof, bytes.fromhex(CT_ROOTS[size]))


@pytest.mark.parametrize(("old", "new", "expected"), CT_CONSISTENCY)
def test_consistency_proofs_are_those_published_and_verify(old: int, new: int, expected: list[str]) -> None:
    proof = consistency_proof(old, new, ct_reader(new))

    assert [part.hex() for part in proof] == expected
    assert verify_consistency(old, new, proof, bytes.fromhex(CT_ROOTS[old]), bytes.fromhex(CT_ROOTS[new]))


@pytest.mark.parametrize("size", LARGE_ROOTS)
def test_heads_of_larger_trees_are_those_published(size: int) -> None:
    leaves = (leaf_hash(index.to_bytes(2, "little")) for index in range(size))
    stored = {(tile.level, tile.number): hashes for tile, hashes in grow(0, unread, leaves)}

    assert tree_head(size, lambda level, number, width: stored[level, number]) == b64decode(LARGE_ROOTS[size])


@given(sizes)
def test_the_head_is_that_of_the_rfc(size: int) -> None:
    assert tree_head(size, reader(size)) == naive.mth(bodies(size))
    assert root(list(map(leaf_hash, bodies(size)))) == naive.mth(bodies(size))


@given(leaf_in_tree())
def test_an_inclusion_proof_is_that_of_the_rfc_and_verifies(case: tuple[int, int]) -> None:
    index, size = case
    proof = inclusion_proof(index, size, reader(size))

    assert proof == naive.path(index, bodies(size))
    assert verify_inclusion(leaf_hash(bodies(size)[index]), index, size, proof, naive.mth(bodies(size)))


@given(two_sizes())
def test_a_consistency_proof_is_that_of_the_rfc_and_verifies(case: tuple[int, int]) -> None:
    old, new = case
    proof = consistency_proof(old, new, reader(new))

    assert proof == naive.proof(old, bodies(new))
    assert verify_consistency(old, new, proof, naive.mth(bodies(old)), naive.mth(bodies(new)))


@given(two_sizes())
def test_the_tiles_of_a_grown_tree_still_prove_what_an_earlier_tree_held(case: tuple[int, int]) -> None:
    old, new = case

    assert tree_head(old, lambda level, number, width: tiles(new)[level, number]) == naive.mth(bodies(old))


@pytest.mark.parametrize("size", [1, 7, 256, 300])
def test_pymerkle_has_the_same_heads_and_inclusion_proofs(size: int) -> None:
    peer = InmemoryTree(algorithm="sha256")
    peer.append_entries(bodies(size))

    assert peer.get_root() == tree_head(size, reader(size))
    for index in range(size):
        theirs = peer.prove_inclusion(index + 1, size)
        assert theirs.path == [leaf_hash(bodies(size)[index]), *inclusion_proof(index, size, reader(size))]


@pytest.mark.parametrize("size", [2, 7, 256, 300])
def test_pymerkle_has_the_same_consistency_proofs(size: int) -> None:
    peer = InmemoryTree(algorithm="sha256")
    peer.append_entries(bodies(size))

    for old in range(1, size):
        proof = consistency_proof(old, size, reader(size))
        assert proof == as_the_rfc_writes_it(peer.prove_consistency(old, size))
        assert verify_consistency(old, size, proof, peer.get_root(old), peer.get_root(size))


def as_the_rfc_writes_it(theirs: ConsistencyProof) -> list[bytes]:
    """Fold the hashes below the split, where pymerkle goes on down to a leaf, and leave out a known old root."""
    end = theirs.subset.index(1)
    new = theirs.path[0]
    for from_right, sibling in zip(theirs.rule, theirs.path[1:end], strict=False):
        new = node_hash(sibling, new) if from_right else node_hash(new, sibling)
    known_as_root = theirs.prior_size & (theirs.prior_size - 1) == 0
    return [*([] if known_as_root else [theirs.path[end]]), new, *theirs.path[end + 1 :]]


def test_the_empty_tree_is_the_hash_of_nothing_and_every_tree_extends_it() -> None:
    assert tree_head(0, unread) == root([]) == EMPTY_ROOT == naive.mth([])
    assert head_ranges(0) == []
    assert consistency_proof(0, 5, unread) == []
    head = naive.mth(bodies(5))
    assert verify_consistency(0, 5, [], EMPTY_ROOT, head)
    assert verify_consistency(0, 0, [], EMPTY_ROOT, EMPTY_ROOT)
    assert not verify_consistency(0, 5, [], head, head)
    assert not verify_consistency(0, 0, [], head, head)
    assert not verify_consistency(0, 5, [head], EMPTY_ROOT, head)


@given(leaf_in_tree(), st.data())
def test_an_inclusion_proof_changed_in_any_way_fails(case: tuple[int, int], data: st.DataObject) -> None:
    index, size = case
    leaf, proof, root = (
        leaf_hash(bodies(size)[index]),
        inclusion_proof(index, size, reader(size)),
        tree_head(size, reader(size)),
    )
    values = [leaf, root, *proof]
    at, bit = data.draw(st.integers(0, len(values) - 1)), data.draw(st.integers(0, 255))
    flipped = [flip(value, bit) if place == at else value for place, value in enumerate(values)]
    other = data.draw(st.integers(-1, size + 1).filter(lambda place: place != index))

    assert verify_inclusion(leaf, index, size, proof, root)
    assert not verify_inclusion(flipped[0], index, size, flipped[2:], flipped[1])
    assert not verify_inclusion(leaf, other, size, proof, root)
    assert not verify_inclusion(leaf, index, 2 * size, proof, root)
    assert not verify_inclusion(leaf, index, size, [*proof, root], root)
    assert not verify_inclusion(leaf, index, size, [root, *proof], root)
    assert not verify_inclusion(leaf, index, size, [*proof, b""], root)
    assert not proof or not verify_inclusion(leaf, index, size, proof[:-1], root)
    assert not proof or not verify_inclusion(leaf, index, size, proof[1:], root)


@given(two_sizes(), st.data())
def test_a_consistency_proof_changed_in_any_way_fails(case: tuple[int, int], data: st.DataObject) -> None:
    old, new = case
    proof = consistency_proof(old, new, reader(new))
    old_root, new_root = tree_head(old, reader(old)), tree_head(new, reader(new))
    values = [old_root, new_root, *proof]
    at, bit = data.draw(st.integers(0, len(values) - 1)), data.draw(st.integers(0, 255))
    flipped = [flip(value, bit) if place == at else value for place, value in enumerate(values)]

    assert verify_consistency(old, new, proof, old_root, new_root)
    assert not verify_consistency(old, new, flipped[2:], flipped[0], flipped[1])
    assert not verify_consistency(old, new, [*proof, new_root], old_root, new_root)
    assert not verify_consistency(old, new, [new_root, *proof], old_root, new_root)
    assert not verify_consistency(old, new, [*proof, b""], old_root, new_root)
    assert not verify_consistency(new + 1, new, proof, old_root, new_root)
    assert not verify_consistency(old, 2 * new, proof, old_root, new_root)
    assert not verify_consistency(-1, new, proof, old_root, new_root)
    assert not proof or not verify_consistency(old, new, proof[:-1], old_root, new_root)
    assert not proof or not verify_consistency(old, new, proof[1:], old_root, new_root)


def test_what_has_not_the_length_of_a_hash_proves_nothing() -> None:
    left, right = leaf_hash(b"left"), leaf_hash(b"right")
    root = node_hash(left, right)

    assert verify_inclusion(left, 0, 2, [right], root)
    assert not verify_inclusion(left + right[:1], 0, 2, [right[1:]], root)
    assert not verify_inclusion(b"short", 0, 1, [], b"short")
    assert verify_consistency(1, 2, [right], left, root)
    assert not verify_consistency(1, 2, [right[1:]], left + right[:1], root)


def flip(value: bytes, bit: int) -> bytes:
    return bytes(byte ^ (1 << bit % 8) if place == bit // 8 else byte for place, byte in enumerate(value))


@given(leaf_in_tree(), two_sizes())
def test_the_tiles_that_a_proof_needs_are_known_beforehand(leaf: tuple[int, int], trees: tuple[int, int]) -> None:
    for ranges, size in [
        (inclusion_ranges(*leaf), leaf[1]),
        (consistency_ranges(*trees), trees[1]),
        (head_ranges(trees[1]), trees[1]),
    ]:
        asked = set()

        def read(level: int, number: int, width: int, size: int = size, asked: set[Tile] = asked) -> bytes:
            asked.add(Tile(level, number, width))
            return reader(size)(level, number, width)

        hashes_of(ranges, size, read)
        assert asked == tiles_for(ranges, size)


@pytest.mark.parametrize("index", [0, 2_500_000, 4_999_999])
def test_a_proof_at_five_million_leaves_needs_at_most_two_tiles_a_level(index: int) -> None:
    needed = tiles_for(inclusion_ranges(index, 5_000_000), 5_000_000)

    assert max(sum(tile.level == level for tile in needed) for level in range(3)) <= 2
    assert {tile.level for tile in needed} <= {0, 1, 2}


@pytest.mark.parametrize(("index", "size"), [(-1, 5), (5, 5), (0, 0)])
def test_a_leaf_outside_the_tree_has_no_proof(index: int, size: int) -> None:
    with pytest.raises(UsageError, match="proof_outside_tree"):
        inclusion_proof(index, size, unread)


@pytest.mark.parametrize(("old", "new"), [(-1, 5), (6, 5)])
def test_a_larger_tree_is_not_the_beginning_of_a_smaller_one(old: int, new: int) -> None:
    with pytest.raises(UsageError, match="proof_outside_tree"):
        consistency_proof(old, new, unread)


def test_a_tile_that_lacks_hashes_is_refused() -> None:
    with pytest.raises(RefusedError, match="tile_short"):
        tree_head(300, lambda level, number, width: reader(300)(level, number, width)[:-1])
