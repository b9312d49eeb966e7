"""The log as plain files for any static web server: checkpoint, tiles and entry bundles of C2SP tlog-tiles."""

from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Connection, text

from events.database import cursor_of
from events.errors import NguonError, RefusedError
from events.files import AS_ASKED, put
from events.proof import merkle_tree
from events.proof.checkpoint import open_checkpoint
from events.proof.merkle import HASH_SIZE
from events.proof.note import Note
from events.proof.signers import NoteError, VerifierKey
from events.proof.tiles import (
    TILE_WIDTH,
    Tile,
    bundle_path,
    changed_tiles,
    encode_bundle,
    partial_tiles,
    read_tile,
    tile_path,
)

CHECKPOINT = "checkpoint"


def export(
    connection: Connection,
    folder: Path,
    note: Note,
    log: VerifierKey,
    progress: Callable[[int, int], None] = lambda done, of: None,
) -> int:
    """Write the log up to the checkpoint `note` into `folder`; the number of files that were not there before.

    Beside the tiles of that tree stand the partial ones, and their bundles, of every size that was signed before; none
    is ever removed. Each file appears whole or not at all, the checkpoint last, so that a reader never sees a
    checkpoint without its tiles, and a run that was cut short is carried on by the next. `progress` hears places of
    tiles done, and of how many.
    Raises `RefusedError`: `export_foreign` when the folder holds another log, `tile_short`, `entry_too_long`;
    `NguonError` (`export_failed`) when the disk refuses.
    """
    checkpoint, _ = open_checkpoint(note, log)
    wanted = _wanted([*_signed_sizes(connection, checkpoint.size), checkpoint.size])
    written = 0
    try:
        _refuse_foreign(connection, folder, log, checkpoint.size)
        for done, tiles in enumerate(wanted, start=1):
            widest = tiles[-1]
            if missing := [tile for tile in tiles if not (folder / tile_path(tile)).exists()]:
                hashes = read_tile(widest, merkle_tree.reader(connection))
                for tile in missing:
                    put(folder / tile_path(tile), hashes[: tile.width * HASH_SIZE], AS_ASKED)
                written += len(missing)
            if widest.level == 0 and (missing := [tile for tile in tiles if not (folder / bundle_path(tile)).exists()]):
                bodies = _bodies(connection, widest)
                for tile in missing:
                    bundle = encode_bundle(bodies[: tile.width], _first(tile))
                    put(folder / bundle_path(tile), bundle, AS_ASKED)
                written += len(missing)
            progress(done, len(wanted))
        if _read(folder / CHECKPOINT) != note.encode():
            put(folder / CHECKPOINT, note.encode(), AS_ASKED)
            written += 1
    except OSError as error:
        raise NguonError("export_failed", path=folder, reason=error.strerror) from None
    return written


def _signed_sizes(connection: Connection, size: int) -> list[int]:
    """The sizes below `size` for which a checkpoint was signed."""
    return list(
        connection.execute(
            text("select size from events.signed_checkpoint where size < :size order by size"), {"size": size}
        ).scalars()
    )


def _wanted(sizes: list[int]) -> list[list[Tile]]:
    """The tiles of the trees of all these sizes, the last being the largest: each place with its widths, rising.

    Whoever holds a checkpoint, however old, finds the partial tiles that its size requires.
    """
    widths: dict[tuple[int, int], set[int]] = {}
    for tile in changed_tiles(0, sizes[-1]):
        widths[tile.level, tile.number] = {tile.width}
    for size in sizes[:-1]:
        for tile in partial_tiles(size):
            widths[tile.level, tile.number].add(tile.width)
    return [[Tile(*place, width) for width in sorted(found)] for place, found in widths.items()]


def _refuse_foreign(connection: Connection, folder: Path, log: VerifierKey, size: int) -> None:
    """A checkpoint that lies there already must be one of this log, not newer than what is to be written."""
    if (there := _read(folder / CHECKPOINT)) is None:
        return
    try:
        found, _ = open_checkpoint(Note.parse(there), log)
    except NoteError:
        raise RefusedError("export_foreign", path=folder) from None
    if found.size > size or found.root != merkle_tree.root(connection, found.size):
        raise RefusedError("export_foreign", path=folder)


def _bodies(connection: Connection, tile: Tile) -> list[bytes]:
    first = _first(tile)
    with cursor_of(connection) as cursor:
        cursor.execute(
            "select body::text from events.event where position between %s and %s order by position",
            (first, first + tile.width - 1),
        )
        bodies = [body.encode() for (body,) in cursor]
    if len(bodies) != tile.width:
        raise RefusedError("verify.log_missing", first=first, last=first + tile.width - 1)
    return bodies


def _first(tile: Tile) -> int:
    """The position of the first entry under a tile of level 0."""
    return tile.number * TILE_WIDTH + 1


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
