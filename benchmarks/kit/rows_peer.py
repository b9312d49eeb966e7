"""The usual way to project: read each event, hand it to the handler of its type, which writes its row."""

from collections.abc import Callable
from datetime import date
from hashlib import md5
from itertools import islice
from time import perf_counter
from typing import Any, TypeAlias

import psycopg2.extensions
from sqlalchemy import Engine

from benchmarks.kit.projecting import scratch
from events.database import cursor_of
from events.log.recorded import Recorded, decode
from events.types.nominations import NomineeIdentified, Vote
from events.types.returns import ActivityHeld, MembershipCounted, TargetSet
from events.types.submissions import (
    FindingRecord,
    SubmissionFoundInvalid,
    SubmissionFoundValid,
    SubmissionReceived,
    SubmissionSubmitted,
    SubmissionSuperseded,
)
from schemas.vocabulary.steps import STEPS

Cursor: TypeAlias = psycopg2.extensions.cursor

COMMIT = 1_000
"""Events between two commits."""

_STEP_CODES = {step.event: code for code, step in STEPS.items()}
_FACTS = ("nominee", "step", "membership", "activity", "target")


def by_row(engine: Engine, count: int) -> float:
    """Seconds in which the first `count` facts and submissions of the log are projected, one event after the other."""
    made = scratch(engine)
    with engine.connect() as reading, made.connect() as writing, cursor_of(reading) as source:
        source.execute("select position, body::text from events.event where type = any(%s) limit %s", (_TYPES, count))
        start = perf_counter()
        while batch := list(islice(source, COMMIT)):
            with cursor_of(writing) as cursor:
                for position, body in batch:
                    _handle(cursor, decode(position, body))
                cursor.execute("update checkpoint set position = %s", (batch[-1][0],))
            writing.commit()
        taken = perf_counter() - start
    made.dispose()
    return taken


def _handle(cursor: Cursor, event: Recorded) -> None:
    _HANDLERS[event.type](cursor, event, event.payload)
    if event.payload.key:
        _statement(cursor, event)
    if event.supersedes is not None:
        cursor.execute(
            "select position from events.event where stream = %s and stream_version = %s",
            (event.stream, event.supersedes),
        )
        (old,) = cursor.fetchone()
        cursor.execute("update statement set position_to = %s where position = %s", (event.position, old))
        for table in _FACTS:
            cursor.execute(f"update {table} set position_to = %s where stated = %s", (event.position, old))


def _insert(cursor: Cursor, table: str, event: Recorded, **row: Any) -> None:
    row |= {"position": event.position}
    if table in _FACTS:
        row |= {"stated": event.position}
        if cause := event.cause:
            row |= {"submission": cause.submission, "sheet": cause.sheet, "row": cause.row}
    columns = ", ".join(f'"{name}"' for name in row)
    places = ", ".join(["%s"] * len(row))
    cursor.execute(f"insert into {table} ({columns}) values ({places})", list(row.values()))


def _nominee(cursor: Cursor, event: Recorded, told: Any) -> None:
    _insert(
        cursor,
        "nominee",
        event,
        unit=told.unit,
        subject=told.subject,
        identified_on=told.on,
        sex=told.sex,
        birth_year=told.birth_year,
        ethnic_minority=told.ethnic_minority,
        source_group=told.source_group,
        commitment=told.commitment,
    )
    _insert(cursor, "step", event, unit=told.unit, subject=told.subject, step="identified", on_date=told.on)


def _step(cursor: Cursor, event: Recorded, told: Any) -> None:
    votes = (
        {name: getattr(told, name) for name in ("total", "present", "votes_for", "votes_against")}
        if isinstance(told, Vote)
        else {}
    )
    row = {"unit": told.unit, "subject": told.subject, "on_date": told.on, "document": told.document}
    _insert(cursor, "step", event, step=_STEP_CODES[event.type], **row, **votes)


def _membership(cursor: Cursor, event: Recorded, told: Any) -> None:
    _insert(cursor, "membership", event, unit=told.unit, period=told.period, measure=told.measure, value=told.value)


def _activity(cursor: Cursor, event: Recorded, told: Any) -> None:
    row = {"activity": told.activity, "on_date": told.on, "participants": told.participants, "members": told.members}
    _insert(cursor, "activity", event, unit=told.unit, period=told.period, **row)


def _target(cursor: Cursor, event: Recorded, told: Any) -> None:
    _insert(cursor, "target", event, unit=told.unit, year=told.year, target=told.target, value=told.value)


def _statement(cursor: Cursor, event: Recorded) -> None:
    said = (str(getattr(event.payload, name)) for name in event.payload.key)
    key = md5(" ".join((event.type, *said)).encode(), usedforsecurity=False).hexdigest()
    cursor.execute("select last from submission where submission = %s", (event.cause and event.cause.submission,))
    last = (cursor.fetchone() or [date.min])[0]
    _insert(cursor, "statement", event, key=key, last=last)


def _received(cursor: Cursor, event: Recorded, told: Any) -> None:
    row = {"submission": told.submission, "received_on": told.received_on, "received_at": event.recorded_at}
    row |= {"unit": told.unit, "period": told.period, "form": told.form, "form_version": told.form_version}
    row |= {"cover_unit": told.unit, "cover_period": told.period, "cover_form": told.form}
    _insert(cursor, "submission", event, **row, size=told.size)
    _state(cursor, event, "received", None)


def _valid(cursor: Cursor, event: Recorded, told: Any) -> None:
    _decided(cursor, event, told.submission, True, told.last, told.previous, told.rows)
    _findings(cursor, event, told.submission, told.warnings)
    _state(cursor, event, "valid", True)


def _invalid(cursor: Cursor, event: Recorded, told: Any) -> None:
    _decided(cursor, event, told.submission, False, None, None, None)
    _findings(cursor, event, told.submission, told.findings)
    _state(cursor, event, "invalid", None)


def _decided(
    cursor: Cursor,
    event: Recorded,
    submission: str,
    valid: bool,
    last: date | None,
    previous: str | None,
    rows: int | None,
) -> None:
    cursor.execute(
        "update submission set decided_position = %s, decided_at = %s, valid = %s, last = %s, previous = %s, rows = %s"
        " where submission = %s",
        (event.position, event.recorded_at, valid, last, previous, rows, submission),
    )


def _findings(cursor: Cursor, event: Recorded, submission: str, findings: tuple[FindingRecord, ...]) -> None:
    for number, found in enumerate(findings, start=1):
        row = {"code": found.code, "severity": found.severity, "sheet": found.sheet, "cell": found.cell}
        _insert(cursor, "finding", event, number=number, submission=submission, column_key=found.column, **row)


def _state(cursor: Cursor, event: Recorded, state: str, counts: bool | None) -> None:
    submission = getattr(event.payload, "submission", None)
    _insert(
        cursor, "submission_state", event, submission=submission, state=state, counts=counts, since=event.recorded_at
    )


_HANDLERS: dict[str, Callable[[Cursor, Recorded, Any], None]] = {
    **dict.fromkeys((step.event for step in STEPS.values()), _step),
    NomineeIdentified.__name__: _nominee,
    MembershipCounted.__name__: _membership,
    ActivityHeld.__name__: _activity,
    TargetSet.__name__: _target,
    SubmissionReceived.__name__: _received,
    SubmissionFoundValid.__name__: _valid,
    SubmissionFoundInvalid.__name__: _invalid,
    SubmissionSubmitted.__name__: lambda cursor, event, told: _state(cursor, event, "submitted", None),
    SubmissionSuperseded.__name__: lambda cursor, event, told: _state(cursor, event, "superseded", False),
    "FactRetracted": lambda cursor, event, told: None,
}
_TYPES = list(_HANDLERS)
