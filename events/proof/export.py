"""The log as plain files for any static web server: checkpoint, tiles and entry bundles of C2SP tlog-tiles."""

from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Connection

from events.database import cursor_of
from events.errors import NguonError, RefusedError
from events.files import AS_ASKED, put
from events.proof import merkle_tree
from events.proof.checkpoint import open_checkpoint
from events.proof.note import Note
from events.proof.signers import NoteError, VerifierKey
from events.proof.tiles import TILE_WIDTH, Tile, bundle_path, changed_tiles, encode_bundle, read_tile, tile_path

CHECKPOINT = "checkpoint"


def export(
    connection: Connection,
    folder: Path,
    note: Note,
    log: VerifierKey,
    progress: Callable[[int, int], None] = lambda done, of: None,
) -> int:
    """Write the log up to the checkpoint `note` into `folder`; the number of files that were not there before.

    Each file appears whole or not at all, the checkpoint last, so that a reader never sees a checkpoint without its
    tiles, and a run that was cut short is carried on by the next. `progress` hears tiles done, and of how many.
    Raises `RefusedError`: `export_foreign` when the folder holds another log, `tile_short`, `entry_too_long`;
    `NguonError` (`export_failed`) when the disk refuses.
    """
    checkpoint, _ = open_checkpoint(note, log)
    wanted = list(changed_tiles(0, checkpoint.size))
    written = 0
    try:
        _refuse_foreign(connection, folder, log, checkpoint.size)
        for done, tile in enumerate(wanted, start=1):
            if not (path := folder / tile_path(tile)).exists():
                put(path, read_tile(tile, merkle_tree.reader(connection)), AS_ASKED)
                written += 1
            if tile.level == 0 and not (path := folder / bundle_path(tile)).exists():
                put(path, encode_bundle(_bodies(connection, tile)), AS_ASKED)
                written += 1
            progress(done, len(wanted))
        if _read(folder / CHECKPOINT) != note.encode():
            put(folder / CHECKPOINT, note.encode(), AS_ASKED)
            written += 1
    except OSError as error:
        raise NguonError("export_failed", path=folder, reason=error.strerror) from None
    return written


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
    first = tile.number * TILE_WIDTH + 1
    with cursor_of(connection) as cursor:
        cursor.execute(
            "select body::text from events.event where position between %s and %s order by position",
            (first, first + tile.width - 1),
        )
        bodies = [body.encode() for (body,) in cursor]
    if len(bodies) != tile.width:
        raise RefusedError("verify.log_missing", first=first, last=first + tile.width - 1)
    return bodies


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
