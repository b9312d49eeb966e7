"""`nguon return` and `nguon withdraw`: a return is given back to be put right, or its unit takes it back."""

from typing import Annotated

from cyclopts import Parameter

from flows.terminal.answer import Answer
from flows.terminal.wording import LANGUAGE, explain, say

SubmissionId = Annotated[str, Parameter(help=explain("submission_id"))]


def give_back(
    submission: SubmissionId,
    /,
    *,
    reason: Annotated[str, Parameter(help=explain("return_reason"))],
    comment: Annotated[str | None, Parameter(help=explain("return_comment"), show_default=False)] = None,
) -> Answer:
    """Give it back. Raises what `flows.reviewing.give_back` does."""
    from flows import reviewing
    from flows.ready import ready
    from schemas.vocabulary.reasons import RETURNED

    submission = submission.lower()
    position = reviewing.give_back(ready(), submission, reason, comment)
    told = say("return.done", submission=submission, reason=RETURNED.terms[reason](LANGUAGE), position=position)
    return Answer({"submission": submission, "reason": reason, "position": position}, [told, say("return.next")])


def withdraw(
    submission: SubmissionId,
    /,
    *,
    reason: Annotated[str, Parameter(help=explain("withdrawal_reason"))],
) -> Answer:
    """Withdraw it. Raises what `flows.reviewing.withdraw` does."""
    from flows import reviewing
    from flows.ready import ready
    from schemas.vocabulary.reasons import WITHDRAWN

    submission = submission.lower()
    position = reviewing.withdraw(ready(), submission, reason)
    told = say("withdraw.done", submission=submission, reason=WITHDRAWN.terms[reason](LANGUAGE), position=position)
    return Answer({"submission": submission, "reason": reason, "position": position}, [told])
