"""Writing a file whole or not at all."""

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
