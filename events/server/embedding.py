"""The embedded PostgreSQL: started by the first process that needs it, stopped by the last one that ends.

Every process that uses it holds a shared lock on the file `users`. The kernel drops that lock however the process
ends, so a killed one is never waited for, and the next that ends in order stops the server.
"""

import atexit
import fcntl
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from events.errors import TransientError
from events.server.cluster import Cluster

_held: dict[Path, int] = {}


def embedded(home: Path) -> str:
    """The SQLAlchemy URL of the database under `home`; the server is started, and made on first use, if need be.

    Raises TransientError `database_unavailable` when it cannot be started, and as root UsageError
    `server_account_locked_out` where the account that it runs as may not enter.
    """
    folder = home.resolve() / "postgres"
    cluster = None
    try:
        cluster = Cluster(folder)
        with _alone(cluster):
            if folder not in _held:
                _held[folder] = cluster.open("users")
                fcntl.flock(_held[folder], fcntl.LOCK_SH)
                atexit.register(_leave, cluster, os.getpid())
            return cluster.url() or cluster.start()
    except subprocess.SubprocessError as failure:
        reason = (cluster and cluster.last_words()) or str(failure)
        raise TransientError("database_unavailable", host=str(folder), reason=reason) from failure
    except (OSError, KeyError) as failure:
        raise TransientError("database_unavailable", host=str(folder), reason=str(failure)) from failure


def _leave(cluster: Cluster, process: int) -> None:
    """Stop using the server, and stop it if nobody else uses it."""
    if os.getpid() != process:  # a fork of the process that joined
        return
    with suppress(OSError, subprocess.SubprocessError), _alone(cluster):
        fcntl.flock(_held[cluster.folder], fcntl.LOCK_EX | fcntl.LOCK_NB)
        cluster.stop()


@contextmanager
def _alone(cluster: Cluster) -> Iterator[None]:
    """One process at a time may start, join, leave or stop the server."""
    descriptor = cluster.open("lock")
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
