"""The tree of errors: what went wrong for a person (terminal) and what may pass if tried again (transient).

An error carries a message key and plain arguments; `schemas.messages.translation` turns the two into one
line in the reader's language. Arguments never hold personal data.
"""

from collections.abc import Sequence
from typing import ClassVar


class NguonError(Exception):
    """Base of every error that the product raises on purpose.

    `key` names the message, `details` fills its places, `exit_code` is what the command line
    answers with: 1 the answer is no, 2 wrong usage, 3 something outside failed. `parts` are the errors
    that it sums up, where it is several.
    """

    exit_code: ClassVar[int] = 3

    def __init__(self, key: str, /, **details: object) -> None:
        super().__init__(f"{key} {details}" if details else key)
        self.key = key
        self.parts: Sequence[NguonError] = ()
        self.details = details


class TerminalError(NguonError):
    """Trying again gives the same answer."""


class UsageError(TerminalError):
    """The person asked for something that does not exist or makes no sense."""

    exit_code = 2


class RefusedError(TerminalError):
    """The answer is no: rejected, or does not verify."""

    exit_code = 1


class TransientError(NguonError):
    """Something outside failed for now; a flow may try again."""
