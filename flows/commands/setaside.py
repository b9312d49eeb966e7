"""`nguon setaside`: a submission that waits is taken out of the way, on the record."""

from typing import Annotated

from cyclopts import Parameter

from flows.terminal.answer import Answer
from flows.terminal.wording import LANGUAGE, explain, say


def setaside(
    submission: Annotated[str, Parameter(help=explain("submission_id"))],
    /,
    *,
    reason: Annotated[str, Parameter(help=explain("setaside_reason"))],
) -> Answer:
    """Set it aside. Raises what `flows.setting_aside.set_aside` does."""
    from flows.ready import ready
    from flows.setting_aside import set_aside
    from flows.terminal.screen import waiting
    from schemas.vocabulary.reasons import SET_ASIDE

    context = ready()
    with waiting(say("setaside.waiting")):
        position = set_aside(context, submission.lower(), reason)
    told = say("setaside.done", submission=submission, reason=SET_ASIDE.terms[reason](LANGUAGE), position=position)
    return Answer({"submission": submission, "reason": reason, "position": position}, [told])
