"""`nguon subject`: the id of a person whose identity number one has; the number itself is neither kept nor shown."""

import getpass
import sys

from flows.terminal.answer import Answer
from flows.terminal.wording import say


def subject() -> Answer:
    """Ask for the number where there is a terminal, else read it from standard input.

    Not a parameter, since command lines are seen by others and kept in histories. Raises RefusedError
    `unknown_identity`.
    """
    from events import vault
    from events.errors import RefusedError
    from events.vault import tombstones
    from flows.ready import ready

    context = ready()
    written = getpass.getpass(say("subject.ask")) if sys.stdin.isatty() else sys.stdin.readline()
    number = "".join(letter for letter in written if letter.isdecimal())
    matched = vault.match(context.matching_key, number.encode())
    with context.engine.connect() as connection:
        found = vault.subjects(connection, [matched]).get(matched)
        marks = {tombstones.of_number(key, number) for key in context.mark_keys}
        gone = next(iter(tombstones.known(connection, marks).values()), None)
    if found is None and gone is not None:
        return Answer({"subject": gone, "erased": True}, [say("subject.erased", subject=gone)])
    if found is None:
        raise RefusedError("unknown_identity")
    return Answer(
        {"subject": found, "erased": False}, [say("subject.found", subject=found), say("subject.next", subject=found)]
    )
