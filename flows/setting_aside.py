"""Setting a submission aside: one that waits is taken out of the way by a person, on the record."""

from events import log
from events.errors import RefusedError, UsageError
from events.log.recorded import NewEvent
from events.types.submissions import SubmissionSetAside
from flows.context import Context, alone
from flows.erasure import require_reason
from schemas.vocabulary import reasons
from warehouse.projections import project


def set_aside(context: Context, submission: str, reason: str) -> int:
    """Record that nothing of a submission counts; the position of the record.

    Raises UsageError `unknown_reason`, `unknown_submission`; RefusedError `decided_already`.
    """
    require_reason(reasons.SET_ASIDE, reason)
    # Whoever decides holds the same lock, so that one submission never has two decisions.
    with context.engine.connect() as connection, alone(connection, "validate"), connection.begin():
        versions = log.stream_versions(connection, [f"submission-{submission}"])
        if not versions:
            raise UsageError("unknown_submission", submission=submission)
        if versions[f"submission-{submission}"] > 1:
            raise RefusedError("decided_already", submission=submission)
        event = NewEvent(f"submission-{submission}", 2, SubmissionSetAside(submission, reason))
        position = log.append(connection, [event], context.actor).first
    project.project(context.engine)
    return position
