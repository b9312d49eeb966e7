"""The home as a folder: nobody else may look into it, and as root the embedded server passes through."""

import os
import stat
from pathlib import Path

from events.files import close, is_own, make_private

FOLDERS = frozenset({"postgres", "keys", "log", "inbox", "reports", "quality", "lists", "prefect", "run", "demo"})
"""The folders of a home."""


def private_home(home: Path, group: int | None = None) -> None:
    """Make the home and what is missing above it, or close to others a home that is there, if it is ours.

    As root, the group `group`, which is the embedded server's, may pass through without seeing what else lies there:
    the server's folder is below. Raises OSError.
    """
    for folder in make_private(home) or ([home] if is_home(home) else []):
        close(folder)
        if group is not None:
            os.chown(folder, -1, group)
            folder.chmod(stat.S_IMODE(folder.stat().st_mode) | stat.S_IXGRP)


def is_home(path: Path) -> bool:
    """Whether a folder is Nguồn's alone: our own, and no folders in it but those of a home.

    Somebody may have named /, /srv or their own home folder, where others have their things: that stays as it is.
    """
    return is_own(path) and {each.name for each in path.iterdir() if each.is_dir()} <= FOLDERS | {"lost+found"}
