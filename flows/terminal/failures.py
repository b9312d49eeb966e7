"""Whatever may go wrong in a command, as the one error that a person is told."""

import difflib
import errno
from collections.abc import Sequence

from events.errors import NguonError, TerminalError, TransientError, UsageError

_LASTING = {
    "3F000": "database_incomplete",  # no such schema
    "42P01": "database_incomplete",  # no such table
    "42703": "database_incomplete",  # no such column
    "42P06": "database_incomplete",  # a schema that should not be there yet
    "42P07": "database_incomplete",  # a table that should not be there yet
    "42710": "database_incomplete",  # a trigger or the like that should not be there yet
    "42723": "database_incomplete",  # a function that should not be there yet
    "42501": "database_forbidden",
    "25006": "database_read_only",
    "53100": "database_disk_full",
    "58030": "database_damaged",  # the disk gives an error
    "58P01": "database_damaged",  # a file of the server is not there
    "XX001": "database_damaged",  # in a table
    "XX002": "database_damaged",  # in an index
}
"""What PostgreSQL's error codes mean for the person in front of the command line, who has to do something about it."""

_PASSING = {
    "40001": "database_contended",  # another transaction went first
    "40P01": "database_contended",  # each waited for the other
    "55P03": "database_contended",  # waited for too long
    "53200": "database_memory",
    "53300": "database_crowded",
    "57014": "database_cancelled",
}
"""The same of what may be gone when it is tried again."""

_CONNECTION = ("08", "57P", "25P03", "25P04")
"""How the codes begin with which PostgreSQL ends a session: broken off, shut down or crashed, out of time."""


def named(failure: BaseException, commands: Sequence[str] = ()) -> NguonError | None:
    """The error that stands for a failure; None for one that nobody foresaw. `commands` are those that exist."""
    if isinstance(failure, NguonError):
        return failure
    if isinstance(failure, KeyboardInterrupt):
        return NguonError("interrupted")
    if isinstance(failure, OSError) and failure.errno in (errno.ENOSPC, errno.EDQUOT):
        return NguonError("disk_full")
    return _misread(failure, commands) or _of_the_database(getattr(failure, "orig", failure))


def _of_the_database(failure: object) -> NguonError | None:
    """What the driver's error means. Its words stay out: PostgreSQL quotes values in them, other than of a session."""
    import psycopg2

    from events.database import lost

    if not isinstance(failure, psycopg2.Error):
        return None
    code = failure.pgcode or ""
    # Without a code the server said nothing any more: what the driver raises then is of these two kinds.
    if code.startswith(_CONNECTION) or (
        not code and isinstance(failure, psycopg2.OperationalError | psycopg2.InterfaceError)
    ):
        return lost(failure)
    if key := _PASSING.get(code):
        return TransientError(key)
    return TerminalError(key) if (key := _LASTING.get(code)) else None


def _misread(failure: BaseException, commands: Sequence[str]) -> UsageError | None:
    """What the parser could not make sense of."""
    import cyclopts

    if not isinstance(failure, cyclopts.CycloptsError):
        return None
    command = " ".join(("nguon", *(failure.command_chain or ())))
    match failure:
        case cyclopts.UnknownCommandError(unused_tokens=[written, *_]):
            if command == "nguon" and (near := difflib.get_close_matches(written, commands, n=1)):
                return UsageError("unknown_command_near", command=written, near=near[0])
            return UsageError("unknown_command", command=written, help=f"{command} --help")
        case cyclopts.UnknownOptionError():
            option = failure.token.keyword or failure.token.value
            return UsageError("unknown_option", option=option, help=f"{command} --help")
        case cyclopts.MissingArgumentError() if failure.argument is not None:
            return UsageError("argument_missing", argument=failure.argument.name, help=f"{command} --help")
        case cyclopts.UnusedCliTokensError(unused_tokens=[written, *_]):
            return UsageError("argument_surplus", argument=written, help=f"{command} --help")
        case _:
            name = failure.argument.name if failure.argument else "?"
            return UsageError("argument_invalid", argument=name, help=f"{command} --help")
