"""What a command stands on: settings that hold, and a database of this version; and how one that records ends."""

from dataclasses import replace

from events.errors import NguonError
from events.keys import SIGNING_FILE
from flows.context import Context
from flows.settings import settings
from flows.terminal import edge
from flows.terminal.answer import Answer
from flows.terminal.wording import say, told
from warehouse import migrate

_made: list[Context] = []


def ready() -> Context:
    """The context of the command that the command line runs: what it records is by that command.

    Raises UsageError `setting_invalid`, TransientError `database_unavailable`, and TerminalError `database_empty`,
    `database_behind`, `database_ahead`.
    """
    context = Context(settings(), edge.actor())
    with context.engine.connect() as connection:
        migrate.require_current(connection)
    _made.append(context)
    return context


def signed_off(answer: Answer) -> Answer:
    """The answer of a command that recorded something, once what it recorded is signed and published.

    Where it could not be, the answer says why, and its exit code is that of the reason: what was done stays done. A
    home without a signing key, such as an auditor's, signs nothing.
    """
    if not _made or not (_made[-1].settings.home / "keys" / SIGNING_FILE).exists():
        return answer
    from flows import checkpoints

    try:
        troubles = checkpoints.sign(_made[-1]).troubles
    except NguonError as failure:
        parts = [*answer.parts, say("log.unsigned", reason=told(failure))]
        data = {**answer.data, "unsigned": failure.key}
        return replace(answer, data=data, parts=parts, exit_code=max(answer.exit_code, failure.exit_code))
    return replace(answer, parts=[*answer.parts, *(say("log.unpublished", reason=told(one)) for one in troubles)])
