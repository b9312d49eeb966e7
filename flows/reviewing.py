"""Reviewing: the level above accepts a return or gives it back, a unit withdraws its own; all on the record."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Connection

from events import log, vault
from events.errors import NguonError, RefusedError, UsageError
from events.ids import is_id
from events.log.recorded import Cause, NewEvent
from events.types.submissions import SubmissionAccepted, SubmissionReturned, SubmissionWithdrawn
from events.vault import matching, mentions
from flows.context import Context, alone
from flows.decide import differences
from flows.erasure import require_reason
from flows.judging import judge, judge_removal
from flows.recording import record_accepted
from flows.validation import DECIDING
from schemas.forms.family import newest
from schemas.gate.mentioned import words_of
from schemas.periods import Period
from schemas.vocabulary import reasons
from warehouse import hierarchy
from warehouse.projections import project
from warehouse.returns import returns, statements, status
from warehouse.returns.returns import Standing

OPEN = ("valid", "submitted", "accepted")
"""States in which a submission is its unit's word: it counts, or waits to be accepted."""


@dataclass(frozen=True)
class Reviewed:
    """What came of accepting one submission; `refused` is why it was not, `repeated` if it was accepted before."""

    submission: str
    repeated: bool = False
    refused: NguonError | None = None


def accept(
    context: Context, submissions: Sequence[str], done: Callable[[int, int], None] = lambda done, of: None
) -> list[Reviewed]:
    """Record for each submission that the level above accepts it; one that is refused stops no other.

    A return that did not count until then is checked once more, against everything that counts by now. Refusals:
    UsageError `unknown_submission`; RefusedError `not_to_be_reviewed`, `accepting_breaks`.
    """
    found = []
    for number, submission in enumerate(submissions, start=1):
        try:
            with _deciding(context, submission) as (connection, standing):
                repeated = standing.state == "accepted"
                if not repeated:
                    _accept(context, connection, standing)
            found.append(Reviewed(submission, repeated))
        except (UsageError, RefusedError) as refused:
            found.append(Reviewed(submission, refused=refused))
        done(number, len(submissions))
    project.project(context.engine)
    return found


def give_back(context: Context, submission: str, reason: str, comment: str | None = None) -> int:
    """Record that the level above gives a return back to be put right; the position of the record.

    If it counted, it counts no more until a revision does. The comment goes into the vault. Raises UsageError
    `unknown_reason`, `unknown_submission`; RefusedError `not_to_be_reviewed`, `others_rest_on_it`.
    """
    require_reason(reasons.RETURNED, reason)
    with _deciding(context, submission) as (connection, standing):
        retracted = _retracted(connection, standing)
        commitment = _keep(context, connection, submission, comment).hex() if comment else None
        event = SubmissionReturned(submission, reason, commitment, len(retracted))
        position = _record(context, connection, standing, event, retracted)
    project.project(context.engine)
    return position


def _keep(context: Context, connection: Connection, submission: str, comment: str) -> bytes:
    """Keep a comment, and whom it may name; its commitment."""
    words = mentions.hashed(context.matching_key, words_of(b"", {"": [[comment]]}))
    mentions.put(connection, context.matching_key, submission, mentions.COMMENT, words)
    return vault.add_comment(connection, context.keystore, submission, comment)


def withdraw(context: Context, submission: str, reason: str) -> int:
    """Record that a unit takes its return back, which counts no more; the position of the record.

    Raises as `give_back` does.
    """
    require_reason(reasons.WITHDRAWN, reason)
    with _deciding(context, submission) as (connection, standing):
        retracted = _retracted(connection, standing)
        event = SubmissionWithdrawn(submission, reason, len(retracted))
        position = _record(context, connection, standing, event, retracted)
    project.project(context.engine)
    return position


@contextmanager
def _deciding(context: Context, submission: str) -> Iterator[tuple[Connection, Standing]]:
    """The only one who decides, with everything projected; and how the submission stands."""
    if not is_id(submission):
        raise UsageError("unknown_submission", submission=submission)
    with context.engine.connect() as connection, alone(connection, DECIDING):
        project.project(context.engine)
        with connection.begin():
            matching.require(connection, context.matching_key)
            standing = returns.standing(connection, [submission]).get(submission)
            if standing is None:
                raise UsageError("unknown_submission", submission=submission)
            if standing.state not in OPEN:
                raise RefusedError("not_to_be_reviewed", submission=submission, state=standing.state)
            yield connection, standing


def _accept(context: Context, connection: Connection, standing: Standing) -> None:
    submission = standing.submission
    if standing.counts:
        _record(context, connection, standing, SubmissionAccepted(submission), [])
        return
    judged = judge(context, connection, [submission])
    broken = sorted({f.code for f in judged.findings[submission] if f.severity == "error"})
    if broken:
        raise RefusedError("accepting_breaks", submission=submission, codes=", ".join(broken))
    record_accepted(context, connection, judged, submission, standing.version + 1)


def _retracted(connection: Connection, standing: Standing) -> list[NewEvent]:
    """The events that take back everything that a return states; none if it does not count."""
    if not standing.counts:
        return []
    key = standing.key
    assert standing.period is not None
    needed = judge_removal(connection, standing.submission, key, newest(key.form), standing.period)
    before = statements.of_returns(connection, [key])[key]
    if needed:
        others = statements.resting_on(connection, key, before)
        raise RefusedError("others_rest_on_it", submission=standing.submission, returns=", ".join(others))
    versions = log.stream_versions(connection, {event.stream for event in before})
    return differences(standing.submission, key, [], before, {}, versions)


def _record(
    context: Context,
    connection: Connection,
    standing: Standing,
    payload: SubmissionAccepted | SubmissionReturned | SubmissionWithdrawn,
    facts: Sequence[NewEvent],
) -> int:
    cause = Cause(standing.submission)
    event = NewEvent(f"submission-{standing.submission}", standing.version + 1, payload, cause)
    return log.append(connection, [event, *facts], context.actor).first


def waiting(context: Context, period: Period, unit: str | None) -> list[str]:
    """The submissions of a period that may be accepted and were not, of a unit (its code) and those under it.

    Raises UsageError `unknown_unit`.
    """
    position = project.project(context.engine)
    with context.engine.connect() as connection:
        root = hierarchy.unit_by_code(connection, unit, period.last, position) if unit else None
        return [
            returned.awaiting for returned in status.returned(connection, period, position, root) if returned.awaiting
        ]
