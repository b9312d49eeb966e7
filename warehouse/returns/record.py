"""What is on record of single submissions: receipt, verdict and findings."""

from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import Connection, text

from schemas.findings import Finding


class SubmissionRecord(NamedTuple):
    """A submission from receipt to verdict; None for what is not known (yet)."""

    unit: str | None
    period: str | None
    form: str | None
    form_version: int | None
    received_on: date
    received_at: datetime
    position: int
    valid: bool | None
    decided_position: int | None
    previous: str | None


class InvalidFile(NamedTuple):
    """An invalid submission, what form it is on (None where that is not known), and its first error."""

    submission: str
    form: str | None
    form_version: int | None
    code: str
    sheet: str | None
    cell: str | None


def record_of(connection: Connection, submission: str) -> SubmissionRecord | None:
    """What is on record of a submission, by its id."""
    row = connection.execute(
        text(
            "select unit::text, period, form, form_version, received_on, received_at,"
            " position, valid, decided_position, previous::text"
            " from submission where submission = :submission"
        ),
        {"submission": submission},
    ).one_or_none()
    return None if row is None else SubmissionRecord(*row)


def states(connection: Connection, submission: str) -> list[tuple[int, str, datetime, str | None]]:
    """Every state that a submission came into: the position of its event, the state, since when, the reason's code."""
    rows = connection.execute(
        text(
            "select position, state, since, reason from submission_state"
            " where submission = :submission order by position"
        ),
        {"submission": submission},
    )
    return [(row.position, row.state, row.since, row.reason) for row in rows]


def findings(connection: Connection, submission: str) -> list[Finding]:
    """The findings of a submission, in their order."""
    rows = connection.execute(
        text("select code, sheet, cell, column_key from finding where submission = :submission order by number"),
        {"submission": submission},
    )
    return [Finding(submission, *row) for row in rows]


def invalid_files(connection: Connection) -> list[InvalidFile]:
    """Every file that was found invalid, in the order in which they came."""
    rows = connection.execute(
        text(
            "select distinct on (s.position) s.submission::text, s.form, s.form_version, g.code, g.sheet, g.cell"
            " from submission s join finding g using (submission)"
            " where not s.valid and g.severity = 'error' order by s.position, g.number"
        )
    )
    return [InvalidFile(*row) for row in rows]


class FormCounts(NamedTuple):
    """How many submissions came on a form (None: on none that is known), and what became of them."""

    form: str | None
    received: int
    valid: int
    counting: int


def by_form(connection: Connection) -> list[FormCounts]:
    """The submissions of each form, the most frequent first."""
    rows = connection.exec_driver_sql(
        "select form, count(*), count(*) filter (where valid), count(*) filter (where counts)"
        " from submission s left join lateral ("
        "  select counts from submission_state where submission = s.submission and counts is not null"
        "  order by position desc limit 1"
        ") latest on true group by form order by 2 desc"
    )
    return [FormCounts(*row) for row in rows]
