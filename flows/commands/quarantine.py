"""`nguon quarantine`: an event that nobody can read is passed over, on record."""

from typing import Annotated

from cyclopts import Parameter

from flows.terminal.answer import Answer
from flows.terminal.wording import LANGUAGE, explain, say


def quarantine(
    position: Annotated[int, Parameter(help=explain("log_position"))],
    /,
    *,
    reason: Annotated[str, Parameter(help=explain("quarantine_reason"))],
) -> Answer:
    """Quarantine a position. Raises what `flows.quarantining.quarantine` does."""
    from flows import quarantining
    from flows.ready import ready
    from schemas.vocabulary.reasons import QUARANTINE

    recorded = quarantining.quarantine(ready(), position, reason)
    told = say("quarantine.done", position=position, reason=QUARANTINE.terms[reason](LANGUAGE), recorded=recorded)
    return Answer({"position": position, "reason": reason, "recorded": recorded}, [told, say("quarantine.next")])
