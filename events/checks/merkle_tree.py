"""The Merkle tree, held against the leaves: what is stored as tiles and what was signed must say the same."""

from collections.abc import Generator, Iterable, Iterator

from sqlalchemy import Connection

from events.checks import Fault, at_most
from events.errors import RefusedError
from events.proof import merkle_tree
from events.proof.checkpoint import Checkpoint
from events.proof.history import History
from events.proof.merkle import HASH_SIZE, perfect_root
from events.proof.note import Note
from events.proof.signers import NoteError
from events.proof.tiles import TILE_HEIGHT, TILE_WIDTH, Tile

_COMPARED = 64
"""Tiles fetched at a time."""

_FULL = TILE_WIDTH * HASH_SIZE

_SIZE = """
select coalesce(max(number * 256 + length(hashes) / 32), 0)
from events.tile
where level = 0 and number between 0 and %(last)s / 256 and number * 256 + length(hashes) / 32 <= %(last)s
"""

_OTHERS = """
select level, number
from events.tile
where level not between 0 and 7 or number < 0
    or number >= ((%(size)s::bigint >> (8 * least(greatest(level, 0), 7))) + 255) / 256
order by level, number
"""


class _Roots:
    """The roots of the full tiles of a level, side by side as the tiles above have them.

    Where a tile is not what it has to be, what stands above may fit it either way.
    """

    def __init__(self) -> None:
        self._stored = bytearray()
        self._expected: dict[int, bytes] = {}

    def put(self, number: int, stored: bytes, expected: bytes) -> None:
        """Keep the root of a tile, if it is full."""
        if len(stored) == _FULL:
            at = number * HASH_SIZE
            self._stored.extend(bytes(max(at - len(self._stored), 0)))
            self._stored[at : at + HASH_SIZE] = perfect_root(stored)
            if stored != expected and len(expected) == _FULL:
                self._expected[number] = perfect_root(expected)

    def joined(self, number: int, width: int) -> bytes:
        """What the tile `number` above has in its `width` bytes."""
        return bytes(self._stored[number * _FULL :][:width]).ljust(width, b"\x00")

    def fits(self, number: int, root: bytes) -> bool:
        """Whether this may be the root of a tile all the same: it is not there, or not what it has to be."""
        kept = self._stored[number * HASH_SIZE :][:HASH_SIZE]
        return not any(kept) or self._expected.get(number) == root


class Tree:
    """The stored tree, looked at from the leaves up: each tile against what it stands over, as that is stored.

    So a hash that is wrong is named where it is, and not again on the way to the root. `size` is the number of leaves
    that the tiles hold, of those events that are there.
    """

    def __init__(self, connection: Connection, last: int) -> None:
        """Look at the tree over a log whose last event is at position `last`."""
        self._connection = connection
        self.size = int(connection.exec_driver_sql(_SIZE, {"last": last}).scalar_one())

    def verify(self, leaves: Iterator[tuple[int, bytes]]) -> Iterator[Fault]:
        """Hold it against the leaf hashes of all events, which `stored_leaves` gives.

        Faults: `tile_leaf` (an event is not the one that was hashed), `tile_changed`, `tile_unknown`.
        """
        below = _Roots()
        yield from at_most(self._leaves(leaves, below), "tiles")
        level = 1
        while self.size >> TILE_HEIGHT * level:
            below, under = _Roots(), below
            yield from at_most(self._above(level, under, below), "tiles")
            level += 1
        others = self._connection.exec_driver_sql(_OTHERS, {"size": self.size})
        yield from at_most((Fault("tile_unknown", row._asdict()) for row in others), "tiles")

    def _leaves(self, leaves: Iterator[tuple[int, bytes]], roots: _Roots) -> Iterator[Fault]:
        """Tiles of level 0 against leaves; fills in the root of each that is full."""
        for first, joined in leaves:
            start, end = first - 1, min(first - 1 + len(joined) // HASH_SIZE, self.size)
            for number, stored in self._stored(0, range(start // TILE_WIDTH, -(-end // TILE_WIDTH))):
                begin = number * TILE_WIDTH
                if len(stored) != self._width(0, number):
                    yield Fault("tile_changed", {"level": 0, "number": number})
                    continue
                at = max(start, begin)
                expected = joined[(at - start) * HASH_SIZE : (min(end, begin + TILE_WIDTH) - start) * HASH_SIZE]
                for index in _different(stored[(at - begin) * HASH_SIZE :][: len(expected)], expected):
                    yield Fault("tile_leaf", {"position": at + index + 1})
                roots.put(number, stored, expected)

    def _above(self, level: int, under: _Roots, roots: _Roots) -> Iterator[Fault]:
        """Tiles of a level against the roots of the full tiles under it; fills in their own."""
        for number, stored in self._stored(level, range(-(-(self.size >> TILE_HEIGHT * level) // TILE_WIDTH))):
            width = self._width(level, number)
            expected = under.joined(number, width)
            wrong = [
                at
                for at in _different(stored, expected)
                if not under.fits(number * TILE_WIDTH + at, stored[at * HASH_SIZE :][:HASH_SIZE])
            ]
            if wrong or len(stored) != width:
                yield Fault("tile_changed", {"level": level, "number": number})
            roots.put(number, stored, expected)

    def _width(self, level: int, number: int) -> int:
        """Bytes that a tile has in a tree of this size."""
        return min((self.size >> TILE_HEIGHT * level) - number * TILE_WIDTH, TILE_WIDTH) * HASH_SIZE

    def _stored(self, level: int, numbers: range) -> Iterator[tuple[int, bytes]]:
        for start in range(numbers.start, numbers.stop, _COMPARED):
            some = range(start, min(start + _COMPARED, numbers.stop))
            read = merkle_tree.fetched(self._connection, [Tile(level, number, 1) for number in some])
            yield from ((number, read(level, number, 1)) for number in some)


def verify_checkpoints(
    connection: Connection, keys: History, size: int, kept: Iterable[Note]
) -> Generator[Fault, None, int]:
    """Open every stored checkpoint and hold its root against the tree of `size` leaves.

    Returns the size of the last one that is good. `kept` are checkpoints kept outside the database. Faults:
    `checkpoint_gap`, `checkpoint_forged`, `checkpoint_column`, `checkpoint_ahead`, `checkpoint_root`,
    `checkpoint_lost`; and of what was kept `checkpoint_foreign`.
    """
    last, number, good, texts = -1, 0, 0, set()
    for row in connection.exec_driver_sql("select * from events.signed_checkpoint order by number").all():
        if row.number != number + 1:
            yield Fault("checkpoint_gap", {"expected": number + 1, "found": row.number})
        number = row.number
        try:
            note = Note.parse(row.note.encode())
            signed, _ = keys.open(note)
        except NoteError:
            yield Fault("checkpoint_forged", {"number": number})
            continue
        texts.add(note.text)
        if (signed.size, signed.root) != (row.size, bytes(row.root)) or signed.size <= last:
            yield Fault("checkpoint_column", {"number": number})
        last = signed.size
        if (fault := _other_root(connection, signed, size)) is None:
            good = max(good, last)
        else:
            yield fault
    for note in kept:
        signed = Checkpoint.parse(note.text)
        try:
            keys.open(note)
        except NoteError:
            # Beyond the end of the log, it may be of a key that took over in what is lost.
            if signed.size <= size or signed.origin != keys.newest.name:
                yield Fault("checkpoint_foreign", {"origin": signed.origin, "size": signed.size})
                continue
        if (fault := _other_root(connection, signed, size)) is not None:
            yield fault
        if note.text not in texts:
            yield Fault("checkpoint_lost", {"size": signed.size})
    return good


def _other_root(connection: Connection, signed: Checkpoint, size: int) -> Fault | None:
    if signed.size > size:
        return Fault("checkpoint_ahead", {"signed": signed.size, "size": size})
    try:
        same = merkle_tree.root(connection, signed.size) == signed.root
    except RefusedError:  # Tiles are missing, which is told of these.
        same = False
    return None if same else Fault("checkpoint_root", {"size": signed.size})


def _different(stored: bytes, expected: bytes) -> Iterator[int]:
    """At which places hashes differ, of two rows of them."""
    if stored != expected:
        for at in range(0, min(len(stored), len(expected)), HASH_SIZE):
            if stored[at : at + HASH_SIZE] != expected[at : at + HASH_SIZE]:
                yield at // HASH_SIZE
