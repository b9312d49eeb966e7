"""Holding a turn that a flow or a command wants, and seeing that it waits for it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, text

from events import turns


@contextmanager
def nobody_decides(database: Engine) -> Iterator[Callable[[], bool]]:
    """Hold the turn in which submissions are decided; what comes answers whether somebody waits for it by now.

    Whoever waits for it has come as far as its work goes: it asks nobody else for anything before it has the turn.
    """
    with database.connect() as connection:
        turns.take(connection, "validate")
        waiting = (
            "select exists (select from pg_locks where not granted and pg_backend_pid() = any(pg_blocking_pids(pid)))"
        )
        yield lambda: bool(connection.execute(text(waiting)).scalar_one())
