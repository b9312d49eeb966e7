"""Whether a failure lies in the one file that was being worked on, or in what all files need."""

import psycopg2

from events.errors import NguonError, UsageError
from flows.logging import frames, logger
from flows.settings import Settings

_IN_THE_FILE = ("22", "23", "54", "P0")
"""Classes of PostgreSQL's error codes: wrong data, broken constraints, limits of the program, raised by a trigger."""


def lies_in_the_file(failure: BaseException) -> bool:
    """Whether another file would fare better: not where the database, the disk or a person's Ctrl-C is behind it."""
    if isinstance(failure, NguonError):
        return isinstance(failure, UsageError)
    cause = getattr(failure, "orig", failure)
    if isinstance(cause, psycopg2.Error):
        return (cause.pgcode or "")[:2] in _IN_THE_FILE
    if type(failure).__name__ == "PanicException":  # of a library in Rust, and no Exception
        return True
    return isinstance(failure, Exception) and not isinstance(failure, OSError | ImportError)


def note(settings: Settings, failure: BaseException, submission: str | None = None) -> None:
    """Write into the log where a failure came from, never what it says."""
    logger(settings).error("file_failed", submission=submission, error=type(failure).__name__, frames=frames(failure))
