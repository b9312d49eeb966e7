"""`nguon quarantine`: an event that cannot be read is passed over, on the record."""

from typing import Annotated

from cyclopts import Parameter

from flows.terminal.answer import Answer
from flows.terminal.wording import LANGUAGE, explain, say


def quarantine(
    position: Annotated[int, Parameter(help=explain("quarantine_position"))],
    /,
    *,
    reason: Annotated[str, Parameter(help=explain("quarantine_reason"))],
) -> Answer:
    """Quarantine it. Raises what `flows.quarantining.quarantine` does."""
    from flows import quarantining
    from flows.ready import ready
    from schemas.vocabulary.reasons import QUARANTINE

    done = quarantining.quarantine(ready(), position, reason)
    why = QUARANTINE.terms[reason](LANGUAGE)
    if done.recorded is None:
        parts = [say("quarantine.already", position=position)]
    else:
        parts = [say("quarantine.done", position=position, reason=why, recorded=done.recorded)]
    if done.stale:
        parts.append(say("quarantine.stale", position=position))
    if done.next is not None:
        parts.append(say("quarantine.next", position=done.next))
    return Answer({"position": position, "reason": reason, **done._asdict()}, [*parts])
