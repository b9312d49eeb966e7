"""Writing a file or a folder whole or not at all, removing a file for good, and who may read what is written.

What is kept is its owner's alone; what a person asked for, at a place of theirs, is as open as their umask says.
"""

import os
import secrets
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

PRIVATE = 0o600
AS_ASKED = 0o666
"""The modes of a file that is kept, and of one that a person asked for; the umask takes from both."""

_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_persons_umask: int | None = None


def keep_private() -> None:
    """Have this process and those that it starts make files and folders that nobody else may touch.

    For the command line's entry: it holds for what Prefect, Great Expectations and PostgreSQL write as well.
    """
    global _persons_umask
    _persons_umask = os.umask(_OTHERS)


@contextmanager
def as_asked() -> Iterator[None]:
    """Inside, the person's own umask holds again: for what they asked to be written at a place of theirs."""
    if _persons_umask is None:
        yield
        return
    private = os.umask(_persons_umask)
    try:
        yield
    finally:
        os.umask(private)


def put(path: Path, content: bytes, mode: int = PRIVATE) -> None:
    """Write a file in place of any before it; durable once this returns. The umask takes from `mode`.

    Raises OSError.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    part = _beside(path)
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    sync(path.parent)


def remove(path: Path) -> None:
    """Remove a file if it is there; durable once this returns. Raises OSError."""
    path.unlink(missing_ok=True)
    sync(path.parent)


@contextmanager
def filled(folder: Path) -> Iterator[Path]:
    """A folder to write files into, which appears as `folder`, whole and durable, if this ends well.

    Raises OSError, also where something other than an empty folder is there already; then nothing is left of it.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    made = _beside(folder)
    made.mkdir()
    try:
        yield made
        for path in (*made.iterdir(), made):
            sync(path)
        made.rename(folder)
        sync(folder.parent)
    except BaseException:
        shutil.rmtree(made, ignore_errors=True)
        raise


def private_folder(path: Path) -> None:
    """Make a folder of the home, and what is missing above it; one that is there and ours is closed to others.

    A link is left as it is, and so is what belongs to another account: that is the operator's arrangement.
    Raises OSError.
    """
    make_private(path)
    if not path.is_symlink() and is_own(path):
        close(path)


def is_own(path: Path) -> bool:
    """Whether a folder belongs to this account, and is not one for everybody, as /tmp is."""
    status = path.stat()
    return status.st_uid == os.geteuid() and not status.st_mode & stat.S_ISVTX


def make_private(path: Path) -> list[Path]:
    """Make a folder and what is missing above it, for their owner alone; what was made, topmost first."""
    made = []
    for folder in [folder for folder in (path, *path.parents) if not folder.exists()][::-1]:
        with suppress(FileExistsError):  # another process was faster
            folder.mkdir(mode=stat.S_IRWXU)
            made.append(folder)
    return made


def close(folder: Path) -> None:
    """Take from others what they may do in a folder.

    As root, a group that may pass through, and nothing else, goes on to: that is how the embedded server's account
    gets to its folder in the home.
    """
    mode = stat.S_IMODE(folder.stat().st_mode)
    if mode & _OTHERS and not (os.geteuid() == 0 and mode & _OTHERS == stat.S_IXGRP):
        folder.chmod(mode & ~_OTHERS)


def _beside(path: Path) -> Path:
    """A new hidden name in the same folder, so that what is made there can be moved to its place."""
    return path.with_name(f".{secrets.token_hex(8)}.part")


def sync(path: Path) -> None:
    """Make durable what names a folder holds, or a file its content. Raises OSError."""
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
