"""One process at a time serves a home folder."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from fcntl import LOCK_EX, LOCK_NB, flock

from events.errors import RefusedError
from events.home import private_home
from flows.settings import Settings

LOCK = "serve.lock"


@contextmanager
def the_only_one(settings: Settings) -> Iterator[None]:
    """Refuse to go on where another process serves this home; RefusedError `serve_running` names it.

    The kernel lets go of the lock when the process ends in whatever way.
    """
    private_home(settings.home)
    with os.fdopen(os.open(settings.home / LOCK, os.O_RDWR | os.O_CREAT, 0o600), "r+") as lock:
        try:
            flock(lock, LOCK_EX | LOCK_NB)
        except BlockingIOError:
            raise RefusedError("serve_running", home=settings.home, process=lock.read().strip() or "?") from None
        lock.truncate()
        print(os.getpid(), file=lock, flush=True)
        yield
