"""Validation: all pending workbooks together, in waves of one workbook a unit, each recorded in one atomic append."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Connection, text

from events.vault import erasure, matching
from flows import resurfacing
from flows.blame import lies_in_the_file, note
from flows.context import Context, alone
from flows.covers import Cover
from flows.judging import Judged, judge
from flows.recording import record_invalid, record_valid
from schemas.findings import Finding
from warehouse.projections import project

WAVE = 200
"""Workbooks checked together: bounds memory, and the work that a crash repeats."""

WAVE_BYTES = 64 << 20
"""Bytes of their files, but for a single larger one."""

DECIDING = "validate"
"""The lock under which submissions are decided, one process at a time."""


@dataclass(frozen=True)
class Verdict:
    """What was decided of a submission."""

    submission: str
    valid: bool
    findings: tuple[Finding, ...]


def validate_pending(context: Context, done: Callable[[list[Verdict]], None] = lambda verdicts: None) -> list[Verdict]:
    """Decide every pending submission; `done` hears of each wave's verdicts as soon as they stand.

    One process at a time validates; a second one waits and then finds nothing left to do.
    """
    verdicts: list[Verdict] = []
    with context.engine.connect() as connection, alone(connection, DECIDING):
        while True:
            project.project(context.engine)
            with connection.begin():
                matching.require(connection, context.matching_key)
                pending = _pending(connection)
            if not pending:
                return verdicts
            wave = _decide(context, connection, pending)
            done(wave)
            verdicts += wave


def _pending(connection: Connection) -> list[str]:
    """The next undecided submission of each unit: earlier periods first, then in the order of arrival."""
    rows = connection.execute(
        text(
            "select submission, sum(size) over (order by position) <= :bytes as fits from ("
            "  select distinct on (coalesce(unit, submission)) submission::text, position, size from submission"
            "  where decided_position is null order by coalesce(unit, submission), period, position"
            ") next order by position limit :wave"
        ),
        {"wave": WAVE, "bytes": WAVE_BYTES},
    ).all()
    return [row.submission for row in rows if row.fits] or [row.submission for row in rows[:1]]


def _decide(context: Context, connection: Connection, pending: list[str]) -> list[Verdict]:
    """Decide a wave; where one of its workbooks makes that fail, in halves, until that one is alone and found invalid.

    What names the same person as an earlier one of the wave waits for the next, when the earlier one is decided.
    """
    try:
        with connection.begin():
            judged = judge(context, connection, pending)
    except BaseException as failure:
        if not lies_in_the_file(failure):
            raise
        if len(pending) == 1:
            return [_unforeseen(context, connection, pending[0], None, failure)]
        half = len(pending) // 2
        verdicts = _decide(context, connection, pending[:half])
        project.project(context.engine)
        return [*verdicts, *_decide(context, connection, pending[half:])]
    context.keystore.reserve(judged.newcomers)
    return [_record(context, connection, judged, submission) for submission in judged.books]


def _record(context: Context, connection: Connection, judged: Judged, submission: str) -> Verdict:
    findings = judged.findings[submission]
    valid = all(finding.severity == "warning" for finding in findings)
    dropped = not resurfacing.NAMING.isdisjoint(finding.code for finding in findings)
    try:
        with connection.begin():
            if valid:
                record_valid(context, connection, judged, submission)
            else:
                record_invalid(connection, submission, findings, judged.covers[submission], context.actor)
            if dropped:
                resurfacing.drop(context, connection, [submission])
    except BaseException as failure:
        if not lies_in_the_file(failure):
            raise
        return _unforeseen(context, connection, submission, judged.covers[submission], failure)
    if dropped:
        erasure.finish(context.engine, context.keystore)
    return Verdict(submission, valid, findings)


def _unforeseen(
    context: Context, connection: Connection, submission: str, cover: Cover | None, failure: BaseException
) -> Verdict:
    note(context.settings, failure, submission)
    found = (Finding(submission, "file.unforeseen"),)
    with connection.begin():
        record_invalid(connection, submission, found, cover, context.actor)
    return Verdict(submission, valid=False, findings=found)
