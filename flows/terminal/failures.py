"""Whatever may go wrong in a command, as the one error that a person is told."""

import difflib
import errno
from collections.abc import Sequence

from events.errors import NguonError, UsageError

_DATABASE = {
    "3F000": "database_incomplete",  # no such schema
    "42P01": "database_incomplete",  # no such table
    "42703": "database_incomplete",  # no such column
    "42P06": "database_incomplete",  # a schema that should not be there yet
    "42P07": "database_incomplete",  # a table that should not be there yet
    "42710": "database_incomplete",  # a trigger or the like that should not be there yet
    "42723": "database_incomplete",  # a function that should not be there yet
    "42501": "database_forbidden",
    "25006": "database_read_only",
    "53100": "disk_full",
}
"""What PostgreSQL's error codes mean for the person in front of the command line."""


def named(failure: BaseException, commands: Sequence[str] = ()) -> NguonError | None:
    """The error that stands for a failure; None for one that nobody foresaw. `commands` are those that exist."""
    if isinstance(failure, NguonError):
        return failure
    if isinstance(failure, KeyboardInterrupt):
        return NguonError("interrupted")
    if isinstance(failure, OSError) and failure.errno == errno.ENOSPC:
        return NguonError("disk_full")
    if key := _DATABASE.get(getattr(getattr(failure, "orig", failure), "pgcode", None) or ""):
        return NguonError(key)
    return _misread(failure, commands)


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
