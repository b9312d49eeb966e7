"""Writing a file whole or not at all, and removing one for good."""

import os
from pathlib import Path
from tempfile import NamedTemporaryFile


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
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
