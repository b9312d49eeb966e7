"""What a command stands on: settings that hold, and a database of this version."""

from flows.context import Context
from flows.settings import settings
from flows.terminal import edge
from warehouse import migrate


def ready() -> Context:
    """The context of the command that the command line runs: what it records is by that command.

    Raises UsageError `setting_invalid`, TransientError `database_unavailable`, and TerminalError `database_empty`,
    `database_behind`, `database_ahead`.
    """
    context = Context(settings(), edge.actor())
    with context.engine.connect() as connection:
        migrate.require_current(connection)
    return context
