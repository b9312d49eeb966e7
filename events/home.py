"""The home as a folder: nobody else may look into it, and as root the embedded server passes through."""

import os
import pwd
import stat
from pathlib import Path

from events.errors import UsageError
from events.files import close, is_own, make_private

FOLDERS = frozenset(
    {"postgres", "keys", "checkpoints", "log", "inbox", "reports", "quality", "lists", "prefect", "run", "demo"}
)
"""The folders of a home."""


def private_home(home: Path, group: int | None = None) -> None:
    """Make the home and what is missing above it, or close to others a home that is there, if it is ours.

    As root, the group `group`, which is the embedded server's, may pass through without seeing what else lies there:
    the server's folder is below. Raises OSError, and what `refuse_anothers` does.
    """
    refuse_anothers(home)
    for folder in make_private(home) or ([home] if is_home(home) else []):
        close(folder)
        if group is not None:
            os.chown(folder, -1, group)
            folder.chmod(stat.S_IMODE(folder.stat().st_mode) | stat.S_IXGRP)


def refuse_anothers(folder: Path) -> None:
    """As root, raise UsageError `home_of_another` where a folder is somebody else's.

    Root could write there, but what it wrote the owner could not read, and what it made its own they would have lost.
    """
    if os.geteuid() or not folder.exists() or (owner := folder.stat().st_uid) == 0:
        return
    try:
        account = pwd.getpwuid(owner).pw_name
    except KeyError:  # an account without a name, as of another machine
        account = f"#{owner}"
    raise UsageError("home_of_another", path=folder, account=account)


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
