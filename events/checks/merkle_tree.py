"""The Merkle tree, recomputed from the leaves: what is stored as tiles and what was signed must say the same."""

from collections.abc import Iterator
from itertools import islice

from sqlalchemy import Connection

from events.checks import VerifyFailed
from events.proof import merkle_tree, tiles
from events.proof.checkpoint import Checkpoint, open_checkpoint
from events.proof.merkle import HASH_SIZE
from events.proof.note import Note
from events.proof.signers import NoteError, VerifierKey
from events.proof.tiles import TILE_WIDTH, Tile

_COMPARED = 256


def verify_tiles(connection: Connection, head: int, leaves: Iterator[bytes]) -> int:
    """Recompute the tree that the stored tiles claim to be, from the leaf hashes of all events; its size.

    Raises `VerifyFailed`: `tile_leaf` (an event is not the one that was hashed), `tile_changed`, `tile_unknown`.
    """
    size = merkle_tree.size(connection)
    if size > head:
        raise VerifyFailed("tile_unknown", level=0, number=head // TILE_WIDTH)
    grown = tiles.grow(0, lambda *_: b"", islice(leaves, size))
    count = 0
    while some := list(islice(grown, _COMPARED)):
        read = merkle_tree.fetched(connection, [tile for tile, _ in some])
        for tile, hashes in some:
            if (stored := read(*tile)) != hashes:
                raise _different(tile, stored, hashes)
        count += len(some)
    _refuse_others(connection, size, count)
    for _ in leaves:
        pass
    return size


def verify_checkpoints(connection: Connection, log: VerifierKey, size: int, kept: Note | None) -> int:
    """Open every stored checkpoint and hold its root against the tree of `size` leaves; the size of the last one.

    `kept` is a checkpoint kept outside the database. Raises `VerifyFailed`: `checkpoint_gap`, `checkpoint_forged`,
    `checkpoint_column`, `checkpoint_ahead`, `checkpoint_root`, `checkpoint_lost`.
    """
    last, texts = -1, set()
    stored = connection.exec_driver_sql("select * from events.signed_checkpoint order by number").all()
    for number, row in enumerate(stored, start=1):
        if row.number != number:
            raise VerifyFailed("checkpoint_gap", expected=number, found=row.number)
        try:
            note = Note.parse(row.note.encode())
            signed, _ = open_checkpoint(note, log)
        except NoteError:
            raise VerifyFailed("checkpoint_forged", number=number) from None
        if (signed.size, signed.root) != (row.size, bytes(row.root)) or signed.size <= last:
            raise VerifyFailed("checkpoint_column", number=number)
        _refuse_other_root(connection, signed, size)
        texts.add(note.text)
        last = signed.size
    if kept is not None:
        signed, _ = open_checkpoint(kept, log)
        _refuse_other_root(connection, signed, size)
        if kept.text not in texts:
            raise VerifyFailed("checkpoint_lost", size=signed.size)
    return max(last, 0)


def _refuse_other_root(connection: Connection, signed: Checkpoint, size: int) -> None:
    if signed.size > size:
        raise VerifyFailed("checkpoint_ahead", signed=signed.size, size=size)
    if merkle_tree.root(connection, signed.size) != signed.root:
        raise VerifyFailed("checkpoint_root", size=signed.size)


def _different(tile: Tile, stored: bytes, hashes: bytes) -> VerifyFailed:
    if tile.level == 0 and len(stored) == len(hashes):
        first = next(
            at for at in range(0, len(hashes), HASH_SIZE) if stored[at : at + HASH_SIZE] != hashes[at : at + HASH_SIZE]
        )
        return VerifyFailed("tile_leaf", position=tile.number * TILE_WIDTH + first // HASH_SIZE + 1)
    return VerifyFailed("tile_changed", level=tile.level, number=tile.number)


def _refuse_others(connection: Connection, size: int, count: int) -> None:
    stored = connection.exec_driver_sql("select count(*) from events.tile").scalar_one()
    if stored == count:
        return
    expected = {(tile.level, tile.number) for tile in tiles.changed_tiles(0, size)}
    for level, number in connection.exec_driver_sql("select level, number from events.tile order by level, number"):
        if (level, number) not in expected:
            raise VerifyFailed("tile_unknown", level=level, number=number)
