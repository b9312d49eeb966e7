"""Taking turns between processes: rows that only the program's accounts may lock, and waits that a Ctrl-C ends.

Never advisory locks: every account of the server may take those, and sees in `pg_locks` which there are.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from psycopg2 import errorcodes
from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError


def take(connection: Connection, what: str) -> None:
    """Take the turn `what` until the connection's transaction ends, once whoever has it is done.

    The server waits a second at a time, since waiting inside PostgreSQL would not let a Ctrl-C through.
    """
    while True:
        try:
            with connection.begin_nested():
                connection.exec_driver_sql("select events.take_turn(%(what)s)", {"what": what})
            return
        except OperationalError as failure:
            if not is_lock_timeout(failure):
                raise


@contextmanager
def held(connection: Connection, what: str) -> Iterator[None]:
    """Have the turn `what` inside, over all transactions of `connection`; another one keeps it meanwhile.

    However this process ends, the server lets go of it with the session.
    """
    with connection.engine.connect() as keeping:
        take(keeping, what)
        try:
            yield
        finally:
            # It was never committed, so nothing is left of it.
            keeping.rollback()


def is_lock_timeout(failure: OperationalError) -> bool:
    """Whether a statement ended because a lock did not come free in time."""
    return bool(getattr(failure.orig, "pgcode", None) == errorcodes.LOCK_NOT_AVAILABLE)
