"""As root: whom the embedded server runs as, since PostgreSQL refuses root, and what that account may enter."""

import os
import pwd
import stat
import subprocess
from contextlib import suppress
from pathlib import Path

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


def open_the_way(account: pwd.struct_passwd, folder: Path, programs: Path) -> None:
    """Let `account` pass through the folders above `folder` and `programs`, and read the package of the programs.

    Folders get no more than the right to pass, so what else lies in them stays unlisted.
    """
    for path in (*folder.parents, *programs.parents):
        if path.stat().st_uid != account.pw_uid:
            _allow(path, stat.S_IXOTH)
    # A strict umask hides what pip installs; the libraries lie in a folder beside the package.
    package = programs.parents[1]
    for part in package.parent.glob(f"{package.name}*"):
        for path in (part, *part.rglob("*")):
            _allow(path, stat.S_IROTH | (stat.S_IXOTH if path.stat().st_mode & stat.S_IXUSR else 0))


def _allow(path: Path, rights: int) -> None:
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode | rights != mode:
        path.chmod(mode | rights)
