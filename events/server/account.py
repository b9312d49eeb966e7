"""As root: whom the embedded server runs as, since PostgreSQL refuses root, and whether that account may enter."""

import os
import pwd
import subprocess
from contextlib import suppress
from pathlib import Path

from events.errors import UsageError
from events.home import is_home

ACCOUNT = "pgserver"


def server_account(folder: Path) -> pwd.struct_passwd | None:
    """As root: the owner of `folder`, or for a new one the system user `pgserver`, added if missing; else None.

    Raises KeyError when there is no such account and it cannot be added.
    """
    if os.geteuid() != 0:
        return None
    if folder.exists() and folder.stat().st_uid != 0:
        return pwd.getpwuid(folder.stat().st_uid)
    with suppress(KeyError):
        return pwd.getpwnam(ACCOUNT)
    # Another process may be adding it at this moment, so only its absence afterwards counts.
    options = ("--system", "--no-create-home", "--shell", "/usr/sbin/nologin")
    subprocess.run(["useradd", *options, ACCOUNT], check=False, capture_output=True)
    return pwd.getpwnam(ACCOUNT)


def require_way(account: pwd.struct_passwd, folder: Path, programs: Path) -> None:
    """Raise UsageError `server_account_locked_out` where `account` may not pass to `folder` or use `programs`.

    Nothing is changed: whose the folders on the way are, and why one is closed, is not known here. The home right
    above `folder` is left out if it is ours, since then its mode is ours to set.
    """
    home = folder.parent
    above = [path for path in folder.parents if path.exists() and not (path == home and is_home(path))]
    # The libraries lie in a folder beside the package.
    package = programs.parents[1]
    parts = [*package.parent.glob(f"{package.name}*"), *programs.parent.iterdir(), *programs.iterdir()]
    tried = subprocess.run(
        ["/bin/sh", "-c", _FIRST_CLOSED, "sh", *reversed(above), *reversed(programs.parents), *parts],
        check=True,
        capture_output=True,
        cwd="/",
        user=account.pw_uid,
        group=account.pw_gid,
        extra_groups=[],
    )
    if tried.stdout:
        raise UsageError("server_account_locked_out", account=account.pw_name, path=os.fsdecode(tried.stdout))


_FIRST_CLOSED = """
for path; do
  [ -x "$path" ] && [ -d "$path" -o -r "$path" ] || { printf %s "$path"; exit 0; }
done
"""
"""For a shell: the first of the paths that is a folder closed to it, or a file that it may not run and read."""
