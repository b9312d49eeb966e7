"""Whether a failure lies in the one file that was being worked on, or in what all files need."""

import psycopg2
import sqlalchemy.exc

from events.errors import NguonError
from flows.logging import frames, logger
from flows.settings import Settings

_IN_THE_FILE = ("21", "22", "23", "44", "54", "P0")
"""Classes of PostgreSQL's error codes: wrong data, broken constraints, limits of the program, raised by a trigger."""

_IN_THE_MACHINE = (OSError, ImportError, MemoryError, sqlalchemy.exc.TimeoutError)


def lies_in_the_file(failure: BaseException) -> bool:
    """Whether another file would fare better: not where the database, the machine or a person's Ctrl-C is behind it."""
    if isinstance(failure, NguonError):
        return failure.key == "invalid_event"
    cause = getattr(failure, "orig", failure)
    if isinstance(cause, psycopg2.Error):
        return (cause.pgcode or "")[:2] in _IN_THE_FILE
    if is_panic(failure):
        return True
    if isinstance(failure, RuntimeError) and "thread" in str(failure):  # this machine gives no more of them
        return False
    return isinstance(failure, Exception) and not isinstance(failure, _IN_THE_MACHINE)


def is_panic(failure: BaseException) -> bool:
    """Whether a library in Rust gave up, which is no Exception."""
    return type(failure).__name__ == "PanicException"


def note(settings: Settings, failure: BaseException, submission: str | None = None) -> None:
    """Write into the log where a failure came from, never what it says."""
    logger(settings).error("file_failed", submission=submission, error=type(failure).__name__, frames=frames(failure))


def note_unread(settings: Settings, submission: str, error: str) -> None:
    """Write into the log with what kind of error a file could not be read."""
    logger(settings).error("file_unread", submission=submission, error=error)
