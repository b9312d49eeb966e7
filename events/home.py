"""The home as a folder: nobody else may look into it, and as root the embedded server passes through."""

import os
import stat
from pathlib import Path

from events.files import close, is_own, make_private

FOLDERS = frozenset(
    {"postgres", "keys", "checkpoints", "log", "inbox", "reports", "quality", "lists", "prefect", "run", "demo"}
)
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
    """Whether a folder is Nguồn's alone: our own, and empty or with a folder of a home in it and no other folder.

    Somebody may have named their own home folder, / or /srv, where others have or will have their things: that stays
    as it is, and so does every folder right below /, since a trace of ours does not make it ours alone.
    """
    if not is_own(path) or path.resolve().parent == Path("/"):
        return False
    within = [each for each in path.iterdir() if each.name != "lost+found"]
    folders = {each.name for each in within if each.is_dir()}
    return not within or (bool(folders) and folders <= FOLDERS)
