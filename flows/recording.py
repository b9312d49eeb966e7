"""Recording what was decided of a workbook: one transaction for its people, its rows, its events."""

from collections.abc import Mapping, Sequence

import polars as pl
from sqlalchemy import Connection

from events import log, vault
from events.log.canonical import dumps
from events.log.recorded import Cause, NewEvent, Recorded
from events.types.submissions import (
    FindingRecord,
    SubmissionAccepted,
    SubmissionFoundInvalid,
    SubmissionFoundValid,
    SubmissionSubmitted,
    SubmissionSuperseded,
)
from events.vault import tombstones
from flows.context import Context
from flows.covers import Cover
from flows.decide import FactKey, differences, stream_of
from flows.judging import Judged, Return
from schemas.findings import Finding
from schemas.forms.stating import Stating
from schemas.text import fold
from schemas.vocabulary.steps import STEPS
from warehouse import hierarchy
from warehouse.returns import review
from warehouse.returns.statements import current

MOST_FINDINGS = 400
"""Findings kept of one workbook: an event's body must fit an entry of a log export, 65,535 bytes (C2SP tlog-tiles)."""


def record_invalid(
    connection: Connection, submission: str, findings: tuple[Finding, ...], cover: Cover | None, by: str
) -> None:
    """Record that a workbook has errors, and whose and for when it is, as far as its cover says."""
    form = cover.form if cover else None
    payload = SubmissionFoundInvalid(
        submission,
        _records(submission, findings),
        unit=cover.unit if cover else None,
        period=cover.period.code if cover and cover.period else None,
        form=form.key if form else None,
        form_version=form.version if form else None,
    )
    log.append(connection, [NewEvent(f"submission-{submission}", 2, payload)], by)


def record_valid(context: Context, connection: Connection, judged: Judged, submission: str) -> None:
    """Record that a workbook is valid: its rows into the vault and, where it counts at once, its facts into the log."""
    one = judged.returns[submission]
    book = judged.books[submission]
    rows = [
        vault.make_row(sheet, row.number, dumps(row.cells)) for sheet, filled in book.rows.items() for row in filled
    ]
    root = vault.add_rows(connection, vault.submission_key(connection, context.keystore, submission), rows)
    whose, (position, _) = review.Return(one.unit, one.form.key), log.head(connection)
    at_once = review.counts_at_once(connection, [whose], one.period, position)[whose]
    facts = _facts(context, connection, judged, one) if at_once else []
    found = SubmissionFoundValid(
        submission,
        one.unit,
        one.period.code,
        one.form.key,
        one.form.version,
        one.period.last,
        len(rows),
        root.hex(),
        previous=one.revisions.newest,
        warnings=_records(submission, judged.findings[submission]),
        counts=at_once,
        facts=len(facts),
    )
    superior = hierarchy.last_superior(connection, one.unit, one.period.last, position)
    then: list[NewEvent] = []
    if superior is not None:
        then.append(NewEvent(f"submission-{submission}", 3, SubmissionSubmitted(submission, superior)))
    gone = [*one.revisions.open, *([one.revisions.counting] if at_once and one.revisions.counting else [])]
    log.append(
        connection,
        [
            NewEvent(f"submission-{submission}", 2, found, Cause(submission)),
            *facts,
            *then,
            *_superseded(connection, gone, submission),
        ],
        context.actor,
    )


def record_accepted(context: Context, connection: Connection, judged: Judged, submission: str, version: int) -> None:
    """Record that the level above accepted a valid workbook that did not count, and its facts."""
    one = judged.returns[submission]
    facts = _facts(context, connection, judged, one)
    accepted = NewEvent(
        f"submission-{submission}",
        version,
        SubmissionAccepted(submission, counts=True, facts=len(facts)),
        Cause(submission),
    )
    gone = [one.revisions.counting] if one.revisions.counting else []
    log.append(connection, [accepted, *facts, *_superseded(connection, gone, submission)], context.actor)


def _superseded(connection: Connection, submissions: Sequence[str], by: str) -> list[NewEvent]:
    versions = log.stream_versions(connection, [f"submission-{one}" for one in submissions])
    return [
        NewEvent(f"submission-{one}", versions[f"submission-{one}"] + 1, SubmissionSuperseded(one, by))
        for one in submissions
    ]


def _records(submission: str, findings: tuple[Finding, ...]) -> tuple[FindingRecord, ...]:
    """What an event says of the findings: the first ones, and that there are more."""
    kept = findings[:MOST_FINDINGS]
    if len(findings) > len(kept):
        kept += (Finding(submission, "file.more_findings"),)
    return tuple(finding.record() for finding in kept)


def _facts(context: Context, connection: Connection, judged: Judged, one: Return) -> list[NewEvent]:
    """The events that make the return state what its workbook does; its people go into the vault."""
    frames = judged.frames[one.submission]
    subjects = dict(judged.subjects[one.submission])
    commitments: dict[str, str] = {}
    if one.form.identities is not None:
        introduced = frames[one.form.identities]
        fresh = {}
        for identity in introduced["identity"]:
            if identity not in subjects:
                key = context.keystore.new()
                subjects[identity] = key.owner
                fresh[key.owner] = key
        commitments = _record_people(context, connection, introduced, subjects, judged.matches, fresh)
    units = judged.units.get(one.submission, {})
    stating = Stating(one.submission, one.unit, one.period, subjects, commitments, units)
    facts = one.form.facts(stating, frames)
    before = _retractable(connection, judged.before[one.key])
    streams = {stream_of(fact.payload, one.key) for fact in facts} | {event.stream for event in before}
    versions = log.stream_versions(connection, streams)
    return differences(one.submission, one.key, facts, before, _homes(judged), versions)


def _homes(judged: Judged) -> dict[FactKey, str]:
    """The unit to which each fact about a person belongs, by its key."""
    return {
        (STEPS[step].event, subject, *([] if day is None else [day])): one.unit
        for (subject, step, day), one in current(judged.people).items()
    }


def _retractable(connection: Connection, before: Sequence[Recorded]) -> list[Recorded]:
    """What a return may state no more: a branch has to leave out who was erased, and no figure changes by that."""
    subjects = {subject for event in before if (subject := getattr(event.payload, "subject", None))}
    erased = tombstones.standing(connection, subjects) if subjects else set()
    return [event for event in before if getattr(event.payload, "subject", None) not in erased]


def _record_people(
    context: Context,
    connection: Connection,
    introduced: pl.DataFrame,
    subjects: Mapping[str, str],
    matches: Mapping[str, bytes],
    new: Mapping[str, vault.DataKey],
) -> dict[str, str]:
    """Subject to the commitment of its record, which is sealed anew where nobody ever said it like that.

    `new` are the keys of those who are not known yet.
    """
    wanted = [subjects[identity] for identity in introduced["identity"]]
    known = [subject for subject in wanted if subject not in new]
    kept = vault.person_versions(connection, context.keystore, known)
    known_by = vault.current_matches(connection, known)
    keys = {**vault.person_keys(connection, context.keystore, known), **new}
    fresh, commitments = [], {}
    for row in introduced.iter_rows(named=True):
        subject, matched = subjects[row["identity"]], matches[row["identity"]]
        content = vault.person_content(vault.Person(row["identity"], row["name"], row["birth_date"].isoformat()))
        # A return that is sent again says what it said before, whatever a later one has said since.
        sealed = next((version for version in kept.get(subject, ()) if version.content == content), None)
        if sealed is None:
            sealed = vault.seal_person(subject, content)
            likeness = vault.likeness(context.matching_key, fold(row["name"]), row["birth_date"].isoformat())
            fresh.append(vault.Record(keys[subject], matched, sealed, likeness))
            if known_by.get(subject, matched) != matched:
                vault.renumber(connection, subject, matched)
        commitments[subject] = sealed.commitment.hex()
    if fresh:
        vault.add_persons(connection, fresh)
    return commitments
