"""The unix socket of a server: in which folder it lies, and whether somebody listens on it."""

import os
import pwd
import shutil
import socket
import tempfile
from pathlib import Path

SOCKET = ".s.PGSQL.5432"
PATH_LIMIT = 103  # bytes; 107 on Linux, 103 on macOS
PREFIX = "nguon-"
PATIENCE = 1  # seconds to get through to whoever listens


def socket_folder(folder: Path, account: pwd.struct_passwd | None) -> str:
    """Where the socket goes: `folder`, or a short one of the account when its path is too long or has odd characters.

    PostgreSQL takes the path apart at commas, quotes and backslashes.
    """
    path = str(folder)
    if len(os.fsencode(f"{path}/{SOCKET}")) <= PATH_LIMIT and not set(path) & set(',"\\'):
        return path
    path = tempfile.mkdtemp(prefix=PREFIX)
    if account:
        os.chown(path, account.pw_uid, account.pw_gid)
    return path


def remove_socket_folder(path: str, folder: Path) -> None:
    """Remove a folder that was made for the socket alone, other than `folder`."""
    if path != str(folder) and Path(path).name.startswith(PREFIX):
        shutil.rmtree(path, ignore_errors=True)


def listens(folder: str) -> bool:
    """Whether somebody listens on the socket in this folder."""
    with socket.socket(socket.AF_UNIX) as probe:
        probe.settimeout(PATIENCE)
        try:
            probe.connect(f"{folder}/{SOCKET}")
        except OSError:
            return False
    return True
