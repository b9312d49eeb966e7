"""Judging: many workbooks read and checked together against everything that counts; nothing is recorded here."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import msgspec
import polars as pl
from sqlalchemy import Connection, text

from events import log, vault
from events.log.recorded import Recorded
from events.types.nominations import NomineeIdentified, Step
from flows import resurfacing
from flows.blame import note_unread
from flows.context import Context
from flows.covers import Cover, read_covers
from flows.reading import READER
from schemas.findings import Finding
from schemas.forms.form import Form
from schemas.forms.known import Known
from schemas.forms.limits import as_frame
from schemas.gate import check, workbook
from schemas.gate.workbook import Workbook
from schemas.periods import Period
from schemas.policies.vocabularies import titles
from schemas.text import fold
from warehouse import policies
from warehouse.returns import returns, standards, statements
from warehouse.returns.known import Asked, known
from warehouse.returns.returns import Key, Revisions
from warehouse.returns.statements import PersonStatement

Frames = dict[str, pl.DataFrame]


@dataclass(frozen=True)
class Return:
    """A workbook whose cover holds: the return that it is a revision of, and that return's other revisions."""

    submission: str
    form: Form
    unit: str
    period: Period
    revisions: Revisions = field(default_factory=Revisions)

    @property
    def key(self) -> Key:
        """What return it is."""
        return Key(self.unit, self.form.key, self.period.code)


@dataclass(frozen=True)
class Judged:
    """Workbooks that were judged together: no two of them name one person, or are revisions of one return.

    `findings` has an entry for each; `covers` says whose they are, `returns` are those whose cover holds. `subjects`
    and `matches` are by identity number, `before` is what each return stated so far, `people` what all returns state of
    everybody concerned, `units` the codes in the rows of each submission.
    """

    books: Mapping[str, Workbook]
    covers: Mapping[str, Cover]
    findings: Mapping[str, tuple[Finding, ...]]
    returns: Mapping[str, Return]
    frames: Mapping[str, Frames]
    subjects: Mapping[str, Mapping[str, str]]
    matches: Mapping[str, bytes]
    before: Mapping[Key, list[Recorded]]
    people: Sequence[PersonStatement]
    units: Mapping[str, Mapping[str, str]]

    @property
    def newcomers(self) -> int:
        """How many people would be recorded for the first time, at most."""
        known = {identity for own in self.subjects.values() for identity in own}
        return len(self.matches.keys() - known)


def judge(context: Context, connection: Connection, submissions: Sequence[str]) -> Judged:
    """Read and check workbooks, in the order in which they count; of two that name one person only the first.

    So that each is judged as if those before it had been decided. Those that are left out have to be judged again.
    """
    contents = vault.files(connection, context.keystore, submissions)
    books = {submission: _read(context, submission, contents.get(submission, b"")) for submission in submissions}
    position, _ = log.head(connection)
    covers = read_covers(connection, books, position)
    found = {
        submission: [*book.findings, *(Finding(submission, code, "cover") for code in covers[submission].problems)]
        for submission, book in books.items()
    }
    sound = {
        submission: Return(submission, cover.form, cover.unit, cover.period)
        for submission, cover in covers.items()
        if cover.form and cover.unit and cover.period and not _broken(found[submission])
    }
    revisions = returns.revisions(connection, {one.key for one in sound.values()})
    sound = {submission: replace(one, revisions=revisions[one.key]) for submission, one in sound.items()}
    before = statements.of_returns(connection, {one.key for one in sound.values()})
    rules = policies.rules(connection, position)
    stacked = _stack(books, sound, titles(rules))
    named = _named(sound, stacked)
    matches = {
        identity: vault.match(context.matching_key, identity.encode()) for own in named.values() for identity in own
    }
    by_match = vault.subjects(connection, matches.values())
    subjects = {identity: by_match[matched] for identity, matched in matches.items() if matched in by_match}
    sound = _apart(sound, named, subjects, before)
    judged = [submission for submission in submissions if submission in sound or submission not in named]
    own_subjects, renumbered = _recognised(context, connection, sound, stacked, named, subjects, matches, before)
    concerned = {subject for own in own_subjects.values() for subject in own.values()}
    concerned |= {subject for one in sound.values() for subject in _people_of(before[one.key])}
    people = statements.of_persons(connection, concerned)
    codes = _codes(sound, stacked)
    knowledge = known(
        connection,
        [
            Asked(submission, one.key, one.period, own_subjects[submission], renumbered[submission])
            for submission, one in sound.items()
        ],
        before,
        people,
        codes,
        position,
    )
    held = standards.held(
        connection, {s: (one.unit, one.form, one.period) for s, one in sound.items()}, rules, position
    )
    knowledge = knowledge._replace(limits=as_frame({submission: of.limits for submission, of in held.items()}))
    received_on = _received_on(connection, sound)
    back = [
        finding
        for form in _forms(sound)
        for finding in resurfacing.in_rows(context, connection, form, stacked[form.key, form.version])
    ]
    back += resurfacing.in_files(context, connection, contents, back)
    # First, since an event tells the first ones only.
    found = {
        submission: [*(finding for finding in back if finding.submission == submission), *findings]
        for submission, findings in found.items()
    }
    for form in _forms(sound):
        own = [submission for submission, one in sound.items() if one.form is form]
        frames = {
            sheet: frame.filter(pl.col("submission").is_in(own))
            for sheet, frame in stacked[form.key, form.version].items()
        }
        early = [submission for submission in own if received_on[submission] < held[submission].opens]
        for finding in check.check(form, frames, _of(knowledge, own), early):
            found[finding.submission].append(finding)
    return Judged(
        {submission: books[submission] for submission in judged},
        covers,
        {submission: tuple(found[submission]) for submission in judged},
        sound,
        {
            submission: {
                sheet: frame.filter(pl.col("submission") == submission)
                for sheet, frame in stacked[one.form.key, one.form.version].items()
            }
            for submission, one in sound.items()
        },
        own_subjects,
        matches,
        before,
        people,
        _units(knowledge),
    )


def judge_removal(connection: Connection, submission: str, key: Key, form: Form, period: Period) -> list[Finding]:
    """What other returns need of a return that is to be taken back whole."""
    before = statements.of_returns(connection, [key])
    people = statements.of_persons(connection, _people_of(before[key]))
    position, _ = log.head(connection)
    knowledge = known(connection, [Asked(submission, key, period, {})], before, people, [], position)
    return form.judging().missed(check.stack(form, {}), knowledge)


def _read(context: Context, submission: str, content: bytes) -> Workbook:
    answer = READER.read(content, "form")
    if answer.error:
        note_unread(context.settings, submission, answer.error)
    if answer.read is None:
        return Workbook(findings=(Finding(submission, answer.code or "file.not_workbook"),))
    return workbook.understand(answer.read.sheets, submission, answer.read.far)


def _broken(findings: Collection[Finding]) -> bool:
    """Whether the file or its cover is at fault, so that its rows cannot be judged."""
    return any(finding.sheet is None or finding.sheet == "cover" for finding in findings)


def _forms(sound: Mapping[str, Return]) -> list[Form]:
    return list({(one.form.key, one.form.version): one.form for one in sound.values()}.values())


def _stack(
    books: Mapping[str, Workbook], sound: Mapping[str, Return], titles: Mapping[str, Mapping[str, str]]
) -> dict[tuple[str, int], Frames]:
    return {
        (form.key, form.version): check.stack(
            form, {s: books[s] for s, one in sound.items() if one.form is form}, titles
        )
        for form in _forms(sound)
    }


def _named(sound: Mapping[str, Return], stacked: Mapping[tuple[str, int], Frames]) -> dict[str, list[str]]:
    """The identity numbers in each workbook."""
    found: dict[str, list[str]] = {submission: [] for submission in sound}
    for form in _forms(sound):
        for submission, identity in form.named(stacked[form.key, form.version]).iter_rows():
            found[submission].append(identity)
    return found


def _codes(sound: Mapping[str, Return], stacked: Mapping[tuple[str, int], Frames]) -> list[tuple[str, str]]:
    return [
        (submission, written)
        for form in _forms(sound)
        for submission, written in form.written_units(stacked[form.key, form.version]).iter_rows()
        if submission in sound
    ]


def _people_of(events: Collection[Recorded]) -> set[str]:
    return {event.payload.subject for event in events if isinstance(event.payload, NomineeIdentified | Step)}


def _apart(
    sound: Mapping[str, Return],
    named: Mapping[str, list[str]],
    subjects: Mapping[str, str],
    before: Mapping[Key, list[Recorded]],
) -> dict[str, Return]:
    """The workbooks of which none names a person whom an earlier one names, or named in the version before.

    Nor are two of them revisions of one return, as they may be where the first came before its unit was known.
    """
    taken: set[str | Key] = set()
    found = {}
    for submission, one in sound.items():
        people = {subjects.get(identity, identity) for identity in named[submission]} | _people_of(before[one.key])
        if not {one.key, *people} & taken:
            found[submission] = one
        taken |= {one.key, *people}
    return found


def _recognised(
    context: Context,
    connection: Connection,
    sound: Mapping[str, Return],
    stacked: Mapping[tuple[str, int], Frames],
    named: Mapping[str, list[str]],
    subjects: Mapping[str, str],
    matches: Mapping[str, bytes],
    before: Mapping[Key, list[Recorded]],
) -> tuple[dict[str, dict[str, str]], dict[str, set[str]]]:
    """Who each workbook's numbers are, and which of the numbers are other ones than the person's last.

    An unknown number with the name and the birth date of somebody whom the version before introduced, and whose number
    stands there no more, is that person's: it was mistyped. Among several of one name and birth date nobody can tell.
    """
    own = {s: {number: subjects[number] for number in named[s] if number in subjects} for s in sound}
    now = vault.current_matches(connection, {subject for of in own.values() for subject in of.values()})
    renumbered = {
        s: {number for number, subject in of.items() if now.get(subject) not in (None, matches[number])}
        for s, of in own.items()
    }
    missing = {
        submission: {event.payload.subject for event in before[one.key] if isinstance(event.payload, NomineeIdentified)}
        - set(own[submission].values())
        for submission, one in sound.items()
    }
    records = vault.person_versions(
        connection, context.keystore, {subject for people in missing.values() for subject in people}
    )
    for submission, one in sound.items():
        if not missing[submission] or one.form.identities is None:
            continue
        people: dict[tuple[str, str], set[str]] = defaultdict(set)
        for subject in missing[submission] & records.keys():
            for version in records[subject]:
                record = msgspec.json.decode(version.content)
                people[fold(record["name"]), record["birth_date"]].add(subject)
        rows = stacked[one.form.key, one.form.version][one.form.identities].filter(pl.col("submission") == submission)
        unknown: dict[tuple[str, str], set[str]] = defaultdict(set)
        for identity, name, birth_date in rows.select("identity", "name", "birth_date").drop_nulls().iter_rows():
            if identity not in own[submission]:
                unknown[fold(name), birth_date.isoformat()].add(identity)
        for person, numbers in unknown.items():
            if len(numbers) == len(people[person]) == 1:
                (number,), (subject,) = numbers, people[person]
                own[submission][number] = subject
                renumbered[submission].add(number)
    return own, renumbered


def _received_on(connection: Connection, submissions: Collection[str]) -> dict[str, date]:
    rows = connection.execute(
        text("select submission::text, received_on from submission where submission = any(cast(:ids as uuid[]))"),
        {"ids": list(submissions)},
    )
    return {row.submission: row.received_on for row in rows}


def _of(knowledge: Known, submissions: Collection[str]) -> Known:
    own = pl.col("submission").is_in(list(submissions))
    return Known(*(frame.filter(own) for frame in knowledge))


def _units(knowledge: Known) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for submission, written, unit in knowledge.units.select("submission", "written", "unit").iter_rows():
        found.setdefault(submission, {})[written] = unit
    return found
