"""Validation: all pending workbooks together, in waves of one workbook a unit, each decided in one atomic append."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import polars as pl
from sqlalchemy import Connection, text

from events import log, vault
from events.ids import new_id
from events.log.canonical import dumps
from events.log.recorded import Cause, NewEvent, Recorded
from events.types.nominations import NomineeIdentified, Step
from events.types.submissions import FindingRecord, SubmissionFoundInvalid, SubmissionFoundValid
from flows.blame import lies_in_the_file, note, note_unread
from flows.context import Context, alone
from flows.decide import Return, Stated, differences, stated, stream_of
from flows.reading import READER
from schemas.findings import Finding
from schemas.forms.form import Form
from schemas.gate import check, workbook
from schemas.gate.context import Known
from schemas.gate.workbook import Workbook
from schemas.periods import parse
from warehouse import hierarchy
from warehouse.projections import project
from warehouse.returns import standing

MOST_FINDINGS = 400
"""Findings kept of one workbook: an event's body must fit an entry of a log export, 65,535 bytes (C2SP tlog-tiles)."""

WAVE = 200
"""Workbooks checked together: bounds memory, and the work that a crash repeats."""

WAVE_BYTES = 64 << 20
"""Bytes of their files, but for a single larger one."""


@dataclass(frozen=True)
class Verdict:
    """What was decided of a submission."""

    submission: str
    valid: bool
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class _Wave:
    """Workbooks that passed the cover, with what their rows mean and whom they name."""

    returns: dict[str, Return]
    stacked: dict[str, dict[str, pl.DataFrame]]
    matches: dict[str, bytes]
    subjects: dict[str, str]


def validate_pending(context: Context, done: Callable[[list[Verdict]], None] = lambda verdicts: None) -> list[Verdict]:
    """Decide every pending submission; `done` hears of each wave's verdicts as soon as they stand.

    One process at a time validates; a second one waits and then finds nothing left to do.
    """
    verdicts: list[Verdict] = []
    with context.engine.connect() as connection, alone(connection, "validate"):
        while True:
            project.project(context.engine)
            with connection.begin():
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
    """Decide a wave; where one of its workbooks makes that fail, in halves, until that one is alone and rejected."""
    try:
        wave, books, findings = _judge(context, connection, pending)
    except BaseException as failure:
        if not lies_in_the_file(failure):
            raise
        if len(pending) == 1:
            return [_rejected_unforeseen(context, connection, pending[0], failure)]
        half = len(pending) // 2
        return [
            *_decide(context, connection, pending[:half]),
            *_decide(context, connection, pending[half:]),
        ]
    verdicts = []
    for submission in pending:
        try:
            verdicts.append(_record(context, connection, wave, submission, books[submission], findings[submission]))
        except BaseException as failure:
            if not lies_in_the_file(failure):
                raise
            verdicts.append(_rejected_unforeseen(context, connection, submission, failure))
    return verdicts


def _judge(
    context: Context, connection: Connection, pending: list[str]
) -> tuple[_Wave, dict[str, Workbook], dict[str, tuple[Finding, ...]]]:
    """Read and check workbooks; nothing is recorded."""
    with connection.begin():
        position, at = log.head(connection)
        units = {unit.unit: unit.code for unit in hierarchy.tree(connection, at.date(), position)}
        contents = vault.files(connection, pending)
        books = {submission: _read(context, submission, contents.get(submission, b"")) for submission in pending}
        findings = [f for submission, book in books.items() for f in (*book.findings, *_cover(submission, book, units))]
        broken = {finding.submission for finding in findings if finding.sheet is None or finding.sheet == "cover"}
        readable = {submission: book for submission, book in books.items() if submission not in broken}
        wave = _understand(context, connection, readable)
        findings += _check(connection, wave, readable)
    by_submission: dict[str, list[Finding]] = {submission: [] for submission in pending}
    for finding in findings:
        by_submission[finding.submission].append(finding)
    return wave, books, {submission: tuple(found) for submission, found in by_submission.items()}


def _read(context: Context, submission: str, content: bytes) -> Workbook:
    answer = READER.read(content, "form")
    if answer.error:
        note_unread(context.settings, submission, answer.error)
    if answer.read is None:
        return Workbook(findings=(Finding(submission, answer.code or "file.not_workbook"),))
    return workbook.understand(answer.read.sheets, submission, answer.read.far)


def _record(
    context: Context,
    connection: Connection,
    wave: _Wave,
    submission: str,
    book: Workbook,
    found: tuple[Finding, ...],
) -> Verdict:
    valid = all(finding.severity == "warning" for finding in found)
    with connection.begin():
        if valid:
            _accept(context, connection, wave, submission, book, found)
        else:
            _reject(context, connection, submission, found)
    return Verdict(submission, valid, found)


def _rejected_unforeseen(context: Context, connection: Connection, submission: str, failure: BaseException) -> Verdict:
    note(context.settings, failure, submission)
    found = (Finding(submission, "file.unforeseen"),)
    with connection.begin():
        _reject(context, connection, submission, found)
    return Verdict(submission, valid=False, findings=found)


def _reject(context: Context, connection: Connection, submission: str, found: tuple[Finding, ...]) -> None:
    payload = SubmissionFoundInvalid(submission, _records(submission, found))
    log.append(connection, [NewEvent(f"submission-{submission}", 2, payload)], context.actor)


def _records(submission: str, findings: tuple[Finding, ...]) -> tuple[FindingRecord, ...]:
    """What an event says of the findings: the first ones, and that there are more."""
    told = findings[:MOST_FINDINGS]
    if len(findings) > len(told):
        told += (Finding(submission, "file.more_findings"),)
    return tuple(finding.record() for finding in told)


def _cover(submission: str, book: Workbook, units: Mapping[str, str]) -> list[Finding]:
    """What is wrong with whom and when the workbook says it is about."""
    if book.form is None:
        return []
    codes = []
    if book.known_unit(units) is None:
        codes.append("cover.unit_unknown")
    elif book.unit_code != book.hidden_code:
        codes.append("cover.unit_mismatch")
    if book.known_period() is None:
        codes.append("cover.period_unknown")
    elif book.period != book.hidden_period:
        codes.append("cover.period_mismatch")
    return [Finding(submission, code, "cover") for code in codes]


def _understand(context: Context, connection: Connection, books: Mapping[str, Workbook]) -> _Wave:
    returns = {}
    for submission, book in books.items():
        unit, period = str(book.unit), parse(str(book.period))
        revises = tuple(standing.valid(connection, unit, period.code))
        returns[submission] = Return(submission, unit, period, revises)
    stacked = {
        form.key: check.stack(form, {s: book for s, book in books.items() if book.form == form})
        for form in _forms(books)
    }
    identities = {
        identity
        for frames in stacked.values()
        for sheet in ("nominees", "steps")
        for identity in frames[sheet]["identity"].drop_nulls()
    }
    matches = {identity: vault.match(context.matching_key, identity.encode()) for identity in identities}
    known = vault.subjects(connection, matches.values())
    return _Wave(returns, stacked, matches, {i: known[m] for i, m in matches.items() if m in known})


def _forms(books: Mapping[str, Workbook]) -> list[Form]:
    return list({book.form.key: book.form for book in books.values() if book.form}.values())


def _check(connection: Connection, wave: _Wave, books: Mapping[str, Workbook]) -> list[Finding]:
    found = []
    for form in _forms(books):
        frames = wave.stacked[form.key]
        asked = pl.DataFrame(
            [
                (submission, identity, wave.subjects[identity], told.unit, told.period.code)
                for submission, identity in _named(frames)
                if identity in wave.subjects and (told := wave.returns[submission])
            ],
            schema=dict.fromkeys(("submission", "identity", "subject", "unit", "period"), pl.String),
            orient="row",
        )
        known = Known(*standing.known_people(connection, asked))
        periods = {submission: told.period for submission, told in wave.returns.items()}
        found += check.check(form, frames, periods, known)
    return found


def _named(frames: Mapping[str, pl.DataFrame]) -> list[tuple[str, str]]:
    both = [frames[sheet].select("submission", "identity") for sheet in ("nominees", "steps")]
    return pl.concat(both).drop_nulls().unique().rows()


def _accept(
    context: Context,
    connection: Connection,
    wave: _Wave,
    submission: str,
    book: Workbook,
    warnings: tuple[Finding, ...],
) -> None:
    """One transaction: people and rows into the vault, the acceptance and its facts into the log."""
    assert book.form is not None
    told = wave.returns[submission]
    frames = {
        sheet: frame.filter(pl.col("submission") == submission) for sheet, frame in wave.stacked[book.form.key].items()
    }
    for identity in frames["nominees"]["identity"]:
        wave.subjects.setdefault(identity, new_id())
    facts = stated(told, frames, wave.subjects, _record_people(connection, wave, frames))
    rows = [
        vault.seal_row(sheet, row.number, dumps(row.cells)) for sheet, filled in book.rows.items() for row in filled
    ]
    vault.add_rows(connection, submission, rows)
    events = differences(told, facts, *_standing(connection, told, facts))
    acceptance = SubmissionFoundValid(
        submission,
        told.unit,
        told.period.code,
        len(rows),
        vault.rows_root(rows).hex(),
        previous=told.revises[-1] if told.revises else None,
        warnings=_records(submission, warnings),
        facts=len(events),
    )
    opening = NewEvent(f"submission-{submission}", 2, acceptance, Cause(submission))
    log.append(connection, [opening, *events], context.actor)


def _record_people(connection: Connection, wave: _Wave, frames: Mapping[str, pl.DataFrame]) -> dict[str, str]:
    """Subject to the commitment of its record, which is sealed anew where it is new or changed."""
    standing_records = vault.persons(connection, [wave.subjects[i] for i in frames["nominees"]["identity"]])
    fresh, commitments = [], {}
    for row in frames["nominees"].iter_rows(named=True):
        subject = wave.subjects[row["identity"]]
        person = vault.Person(row["identity"], row["name"], row["birth_date"].isoformat())
        content = vault.person_content(person)
        sealed = standing_records.get(subject)
        if sealed is None or sealed.content != content:
            sealed = vault.seal_person(subject, content)
            fresh.append((subject, wave.matches[row["identity"]], sealed))
        commitments[subject] = sealed.commitment.hex()
    if fresh:
        vault.add_persons(connection, fresh)
    return commitments


def _standing(connection: Connection, told: Return, facts: list[Stated]) -> tuple[list[Recorded], dict[str, int]]:
    """The facts that stand about the workbook's people and return, and the last versions of the streams concerned."""
    subjects = {fact.payload.subject for fact in facts if isinstance(fact.payload, NomineeIdentified | Step)}
    subjects |= standing.subjects_of_submissions(connection, told.revises)
    events = standing.facts_of_subjects(connection, subjects)
    events += standing.facts_of_return(connection, told.unit, told.period.code, told.period.first.year)
    streams = {stream_of(fact.payload) for fact in facts} | {event.stream for event in events}
    return events, log.stream_versions(connection, streams)
