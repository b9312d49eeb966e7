"""`nguon readmit`: who was erased may be reported again, as somebody new, on record."""

from typing import Annotated

from cyclopts import Parameter

from flows.terminal.answer import Answer
from flows.terminal.wording import explain, say


def readmit(
    subject: Annotated[str, Parameter(help=explain("subject_id"))],
    /,
    *,
    reason: Annotated[str, Parameter(help=explain("readmit_reason"))],
) -> Answer:
    """Let an erased person be reported again. Raises what `flows.erasure.lift` does."""
    from flows.erasure import lift
    from flows.ready import ready

    subject = subject.lower()
    position = lift(ready(), subject, reason)
    return Answer(
        {"subject": subject, "reason": reason, "position": position},
        [say("readmit.done", subject=subject, position=position)],
    )
