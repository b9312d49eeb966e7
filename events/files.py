"""Writing a file or a folder whole or not at all, and removing a file for good."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile, mkdtemp


def put(path: Path, content: bytes, mode: int = 0o644) -> None:
    """Write a file, by default one that everybody may read, in place of any before it; durable once this returns.

    Raises OSError.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=path.parent, prefix=".", delete=False) as file:
        try:
            file.write(content)
            file.flush()
            os.fchmod(file.fileno(), mode)
            os.fsync(file.fileno())
            Path(file.name).replace(path)
        except BaseException:
            Path(file.name).unlink(missing_ok=True)
            raise


def remove(path: Path) -> None:
    """Remove a file if it is there; durable once this returns. Raises OSError."""
    path.unlink(missing_ok=True)
    _sync(path.parent)


@contextmanager
def filled(folder: Path) -> Iterator[Path]:
    """A folder to write files into, which appears as `folder`, whole and durable, if this ends well.

    Raises OSError, also where something other than an empty folder is there already; then nothing is left of it.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    made = Path(mkdtemp(dir=folder.parent, prefix=f".{folder.name}-"))
    try:
        yield made
        made.chmod(0o755)
        for path in (*made.iterdir(), made):
            _sync(path)
        made.rename(folder)
        _sync(folder.parent)
    except BaseException:
        shutil.rmtree(made, ignore_errors=True)
        raise


def _sync(path: Path) -> None:
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
