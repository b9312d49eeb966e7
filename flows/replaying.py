"""Replay: the rows that the vault keeps go through the gate's pure functions again, and are held against the log.

Both ways: what a counting return states stands in the log, and what stands in the log is stated by a row. The log alone
says which submissions counted, which policies named terms and which units bore codes; nothing projected is asked.
"""

import gc
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Literal, NamedTuple

import polars as pl
from msgspec.structs import replace
from sqlalchemy import Connection

from events import vault
from events.checks import Fault
from events.checks.bodies import Body, Reader
from events.database import streamed
from events.types.base import Payload
from events.types.nominations import FactRetracted, NomineeIdentified, Step
from events.types.policies import PolicySet
from events.types.returns import ActivityHeld
from events.types.submissions import FollowedByFacts, SubmissionAccepted, SubmissionFoundValid
from schemas.forms.family import FORMS
from schemas.forms.form import Form, Sheet
from schemas.forms.judging import raw
from schemas.forms.stating import Fact, Stating
from schemas.gate.frames import PLACE, parsed
from schemas.periods import Period, parse
from schemas.policies.in_force import LaidDown, Rules
from schemas.policies.vocabularies import titles
from warehouse.returns.returns import Key

_UNREADABLE = (ValueError, KeyError, TypeError, AttributeError, pl.exceptions.PolarsError)
"""What rows may be at fault for that are none of their form's, or name somebody whom the vault does not know."""

_RETURNS = 1_000
"""Returns in memory at a time, with all their revisions."""


class StoredRow(NamedTuple):
    """A row of a workbook as the vault keeps it; no content once it was erased, or where it does not open."""

    sheet: str
    row: int
    content: bytes | None


@dataclass(frozen=True)
class Opening:
    """What opens the vault for the replay.

    `match` makes the match of an identity number, `rows` gives the rows of submissions (by submission, in order), and
    `people` the records of people (by subject, oldest first).
    """

    match: Callable[[str], bytes]
    rows: Callable[[Connection, Sequence[str]], Mapping[str, Sequence[StoredRow]]]
    people: Callable[[Connection, Collection[str]], Mapping[str, Sequence[vault.Sealed]]]


@dataclass
class Replayed:
    """How many submissions were replayed, and how many of these only in part, since rows of theirs were erased."""

    submissions: int = 0
    partly: int = 0


class _Episode(NamedTuple):
    """An event that makes a submission count, or count no more, with the facts that follow it."""

    position: int
    facts: int
    submission: str
    counts: bool


@dataclass
class _Return:
    """A return: the episodes of its submissions, in the order of the log."""

    key: Key
    episodes: list[_Episode] = field(default_factory=list)


class _Valid(NamedTuple):
    """What was found valid: the return that it is a revision of, and the version of its form."""

    key: Key
    form_version: int


_EPISODES = """
select position, body::text
from events.event
where type in ('SubmissionFoundValid', 'SubmissionAccepted', 'SubmissionReturned', 'SubmissionWithdrawn')
order by position
"""

_FACTS = """
select e.position, e.body::text
from unnest(cast(%(after)s as bigint[]), cast(%(upto)s as bigint[])) as w (after, upto)
cross join lateral (
    select position, body from events.event
    where position > w.after and position <= w.upto
    order by position limit w.upto - w.after
) e
order by e.position
"""
"""Each range is read by the index: what it holds is not known when that is planned, but that it is short."""

_TOLD = """
select position, body::text
from events.event
where type in ('PolicySet', 'UnitEstablished', 'UnitRecoded')
order by position
"""

_HOMES = """
select w.position, w.submission
from unnest(
    cast(%(positions)s as bigint[]), cast(%(streams)s as text[]), cast(%(types)s as text[]), cast(%(units)s as text[]),
    cast(%(submissions)s as text[])
) as w (position, stream, type, unit, submission)
where not exists (
    select from events.event e
    where e.stream = w.stream and e.type = w.type and e.position < w.position
        and e.body::text like '%%"unit":"' || w.unit || '"%%'
)
"""


def stored_rows(
    store: vault.KeyStore, connection: Connection, submissions: Sequence[str]
) -> dict[str, list[StoredRow]]:
    """The rows that the vault keeps of submissions."""
    found: dict[str, list[StoredRow]] = {submission: [] for submission in submissions}
    rows = connection.exec_driver_sql(
        "select submission::text, number, sheet, row from vault.row"
        " where submission = any(cast(%(wanted)s as uuid[])) order by submission, number",
        {"wanted": list(submissions)},
    ).all()
    opened = vault.rows_of(connection, store, submissions)
    for submission, number, sheet, row in rows:
        kept = opened[submission].get(number)
        found[submission].append(StoredRow(sheet, row, kept.sealed.content if kept else None))
    return found


def replay(connection: Connection, opening: Opening, replayed: Replayed) -> Iterator[Fault]:
    """Hold the facts of all returns against the rows of the submissions that counted; counts up `replayed`.

    Faults: `fact_unstated` (no row states what an event says), `fact_missing` (a row states what no event says),
    `fact_misplaced` (an event names another row than that which states it), `fact_elsewhere` (a fact of a person stands
    with a unit that nobody ever reported it for), `rows_unreplayable` (no facts can be made of the rows at all).
    """
    reader = _Reader(connection)
    valid, returns = _episodes(reader)
    names, codes = _told(reader)
    waiting = iter(returns)
    collecting = gc.isenabled()
    gc.disable()  # Nothing here is cyclic, and looking for cycles among all these rows takes as long as reading them.
    try:
        while wave := list(islice(waiting, _RETURNS)):
            yield from _Wave(reader, opening, valid, names, codes, replayed).replay(wave)
    finally:
        if collecting:
            gc.enable()


class _Reader:
    """Reads events; what can't be read is passed over, and named by the pass over the bodies."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._reader = Reader()

    def read(self, statement: str, **places: object) -> Iterator[tuple[int, Body]]:
        rows = streamed(self.connection, statement, places)
        for position, text in rows:
            body = self._reader.read(position, text)
            if body is not None:
                yield position, body


def _episodes(reader: _Reader) -> tuple[dict[str, _Valid], list[_Return]]:
    """Every submission that was valid, and every return of which one ever counted, in the order of the log."""
    valid: dict[str, _Valid] = {}
    returns: dict[Key, _Return] = {}
    for position, body in reader.read(_EPISODES):
        said: FollowedByFacts = body.data  # type: ignore[attr-defined]
        if isinstance(said, SubmissionFoundValid):
            key = Key(said.unit, said.form, said.period)
            valid[said.submission] = _Valid(returns[key].key if key in returns else key, said.form_version)
        of = valid.get(said.submission)
        counts = isinstance(said, SubmissionFoundValid | SubmissionAccepted) and said.counts
        if of is not None and (counts or said.facts):
            one = returns.setdefault(of.key, _Return(of.key))
            one.episodes.append(_Episode(position, said.facts, said.submission, counts))
    return valid, list(returns.values())


def _told(reader: _Reader) -> tuple[dict[str, dict[str, str]], dict[str, set[str]]]:
    """Every name that an office ever gave to a term, and the units that ever bore each code."""
    laid_down: list[LaidDown] = []
    codes: dict[str, set[str]] = defaultdict(set)
    for position, body in reader.read(_TOLD):
        said: Any = body.data  # type: ignore[attr-defined]
        if isinstance(said, PolicySet):
            laid_down.append(
                LaidDown(said.policy, said.value, said.on, said.unit, said.form, said.kind, said.order, position)
            )
        else:
            codes[said.code].add(said.unit)
    return titles(Rules(laid_down[::-1])), dict(codes)


class _Live(NamedTuple):
    """A fact that a return states: where it was recorded, and the row that it names."""

    position: int
    stream: str
    payload: Payload
    submission: str
    sheet: str | None
    row: int | None


@dataclass
class _Wave:
    """Returns that are replayed together: their facts are read at once, their rows stacked into one frame a sheet."""

    reader: _Reader
    opening: Opening
    valid: Mapping[str, _Valid]
    names: Mapping[str, Mapping[str, str]]
    codes: Mapping[str, Collection[str]]
    replayed: Replayed
    _elsewhere: dict[int, _Live] = field(default_factory=dict)

    def replay(self, returns: Sequence[_Return]) -> Iterator[Fault]:
        episodes = [episode for one in returns for episode in one.episodes]
        facts = self._facts(episodes)
        counting = list(dict.fromkeys(episode.submission for episode in episodes if episode.counts))
        rows = self.opening.rows(self.reader.connection, counting)
        erased = {submission: {row.sheet for row in rows[submission] if row.content is None} for submission in counting}
        self.replayed.submissions += len(counting)
        self.replayed.partly += sum(1 for sheets in erased.values() if sheets)
        live = {one.key: dict[tuple[str, int], _Live]() for one in returns}
        units = self._units(returns, facts)
        stated = self._stated(counting, rows, units)
        for one in returns:
            if self._same(one, facts, stated):
                continue
            for episode in one.episodes:
                yield from self._apply(live[one.key], episode, facts.get(episode.position, ()))
                if not episode.counts:
                    yield from (
                        Fault("fact_unstated", {"position": fact.position, "submission": episode.submission})
                        for fact in live[one.key].values()
                    )
                elif (expected := stated.get(episode.submission)) is None:
                    where = {"submission": episode.submission, "position": episode.position}
                    yield Fault("rows_unreplayable", where)
                else:
                    yield from self._compare(one.key, live[one.key], episode, expected, erased[episode.submission])
        yield from self._homeless()

    def _facts(self, episodes: Sequence[_Episode]) -> dict[int, list[tuple[int, Body]]]:
        """The facts behind each episode, by its position."""
        found: dict[int, list[tuple[int, Body]]] = {}
        ranges = sorted((episode.position, episode.position + episode.facts) for episode in episodes if episode.facts)
        read = self.reader.read(_FACTS, after=[after for after, _ in ranges], upto=[upto for _, upto in ranges])
        at = 0
        for position, body in read:
            while position > ranges[at][1]:
                at += 1
            found.setdefault(ranges[at][0], []).append((position, body))
        return found

    def _units(
        self, returns: Sequence[_Return], facts: Mapping[int, Sequence[tuple[int, Body]]]
    ) -> dict[str, dict[str, str]]:
        """What each submission's codes of units mean: of several units that bore one, that which its return names."""
        found: dict[str, dict[str, str]] = {}
        for one in returns:
            named = {
                unit
                for episode in one.episodes
                for _, body in facts.get(episode.position, ())
                for unit in (_field(body, "unit"), _field(body, "to"))
            }
            chosen = _Codes(self.codes, named)
            found |= dict.fromkeys((episode.submission for episode in one.episodes), chosen)
        return found

    def _stated(
        self, counting: Sequence[str], rows: Mapping[str, Sequence[StoredRow]], units: Mapping[str, Mapping[str, str]]
    ) -> dict[str, list[Fact]]:
        """What the rows of each submission state; nothing for one whose rows make no facts."""
        found: dict[str, list[Fact]] = {}
        by_form: dict[Form, list[str]] = defaultdict(list)
        for submission in counting:
            of = self.valid[submission]
            if form := FORMS.get((of.key.form, of.form_version)):
                by_form[form].append(submission)
        for form, submissions in by_form.items():
            try:
                found |= self._stacked(form, submissions, rows, units)
            except _UNREADABLE:  # of which submission, shows one by one
                for submission in submissions:
                    with suppress(*_UNREADABLE):
                        found |= self._stacked(form, [submission], rows, units)
        return found

    def _stacked(
        self,
        form: Form,
        submissions: Sequence[str],
        rows: Mapping[str, Sequence[StoredRow]],
        units: Mapping[str, Mapping[str, str]],
    ) -> dict[str, list[Fact]]:
        """What the rows of submissions on a form state; raises one of `_UNREADABLE` where any make no facts."""
        periods = {submission: parse(self.valid[submission].key.period) for submission in submissions}
        own: dict[str, dict[str, _Rows]] = {
            submission: {sheet.key: _Rows() for sheet in form.sheets} for submission in submissions
        }
        for sheet in form.sheets:
            for row in self._read(sheet, periods, rows).iter_rows(named=True):
                own[row["submission"]][sheet.key].append(row)
        subjects, commitments = self._people(form, own)
        return {
            submission: form.facts(
                Stating(
                    submission,
                    self.valid[submission].key.unit,
                    periods[submission],
                    subjects,
                    commitments.get(submission, {}),
                    units[submission],
                ),
                own[submission],
            )
            for submission in submissions
        }

    def _read(
        self, sheet: Sheet, periods: Mapping[str, Period], rows: Mapping[str, Sequence[StoredRow]]
    ) -> pl.DataFrame:
        """The rows of a sheet as the gate reads them; without the text as it was written."""
        stored = [
            (submission, row.row, row.content)
            for submission in periods
            for row in rows[submission]
            if row.sheet == sheet.key and row.content is not None
        ]
        cells = pl.Series([content.decode() for _, _, content in stored], dtype=pl.String).str.json_decode(
            pl.Struct({column.key: pl.String for column in sheet.read})
        )
        places = pl.DataFrame(
            [
                (submission, self.valid[submission].key.unit, of.last.year, of.first, of.last, number)
                for submission, number, _ in stored
                for of in (periods[submission],)
            ],
            schema=PLACE,
            orient="row",
        )
        written = cells.struct.unnest().rename({column.key: raw(column.key) for column in sheet.read})
        read = parsed(sheet, places.hstack(written), self.names)
        return read.select("submission", "sheet_row", *(column.key for column in sheet.read))

    def _people(
        self, form: Form, own: Mapping[str, Mapping[str, "_Rows"]]
    ) -> tuple[dict[str, str], dict[str, dict[str, str]]]:
        """Whose the identity numbers are, and by submission the commitment of each person's record as it says it."""
        columns = [
            (sheet.key, column.key) for sheet in form.sheets for column in sheet.read if column.kind == "identity"
        ]
        identities = {row[column] for sheets in own.values() for sheet, column in columns for row in sheets[sheet]}
        matches = {self.opening.match(identity): identity for identity in identities if identity is not None}
        known = vault.subjects(self.reader.connection, matches)
        subjects = {matches[matched]: subject for matched, subject in known.items()}
        commitments: dict[str, dict[str, str]] = {}
        if form.identities is None:
            return subjects, commitments
        kept = {
            (subject, record.content): record.commitment.hex()
            for subject, records in self.opening.people(self.reader.connection, set(subjects.values())).items()
            for record in records
        }
        for submission, sheets in own.items():
            commitments[submission] = {}
            for row in sheets[form.identities]:
                subject = subjects[row["identity"]]
                person = vault.Person(row["identity"], row["name"], row["birth_date"].isoformat())
                if found := kept.get((subject, vault.person_content(person))):
                    commitments[submission][subject] = found
        return subjects, commitments

    def _same(
        self,
        one: _Return,
        facts: Mapping[int, Sequence[tuple[int, Body]]],
        stated: Mapping[str, Sequence[Fact]],
    ) -> bool:
        """Whether a return of one submission states, in the same order, what its rows do: most are like that."""
        (episode, *more) = one.episodes
        expected, found = stated.get(episode.submission), facts.get(episode.position, ())
        if more or not episode.counts or expected is None or len(expected) != len(found):
            return False
        submission = episode.submission
        for (_, body), (payload, sheet, row) in zip(found, expected, strict=True):
            cause = body.cause
            if (
                body.data != payload  # type: ignore[attr-defined]
                or body.supersedes is not None
                or cause is None
                or (cause.submission, cause.sheet, cause.row) != (submission, sheet, row)
            ):
                return False
        return True

    def _apply(
        self, live: dict[tuple[str, int], _Live], episode: _Episode, facts: Iterable[tuple[int, Body]]
    ) -> Iterator[Fault]:
        """Let the facts behind an episode change what the return states."""
        for position, body in facts:
            payload: Payload = body.data  # type: ignore[attr-defined]
            cause = body.cause
            if cause is None or cause.submission != episode.submission:
                yield Fault("log_facts", {"position": episode.position})
                continue
            if body.supersedes is not None and live.pop((body.stream, body.supersedes), None) is None:
                yield Fault("fact_unstated", {"position": position, "submission": episode.submission})
            if not isinstance(payload, FactRetracted):
                live[body.stream, body.version] = _Live(
                    position, body.stream, payload, cause.submission, cause.sheet, cause.row
                )

    def _compare(
        self,
        key: Key,
        live: Mapping[tuple[str, int], _Live],
        episode: _Episode,
        stated: Iterable[Fact],
        erased: Collection[str],
    ) -> Iterator[Fault]:
        """What a return states behind an episode, held against the rows of the submission that counts by then."""
        expected: dict[Payload, list[tuple[str, int]]] = defaultdict(list)
        for payload, sheet, row in stated:
            expected[_plain(payload, key.unit)].append((sheet, row))
        # What was recorded now names its own row; what stood before takes one of those that are left.
        for fact in sorted(live.values(), key=lambda fact: fact.position <= episode.position):
            plain = _plain(fact.payload, key.unit)
            if plain is not fact.payload and getattr(fact.payload, "unit", key.unit) != key.unit:
                self._elsewhere[fact.position] = fact
            places = expected.get(plain)
            where = {"position": fact.position, "submission": episode.submission}
            if not places:
                if fact.sheet not in erased:
                    yield Fault("fact_unstated", where)
            elif fact.position <= episode.position:
                places.pop()
            elif (fact.sheet, fact.row) in places:
                places.remove((fact.sheet or "", fact.row or 0))
            else:
                places.pop()
                yield Fault("fact_misplaced", where)
        for places in expected.values():
            for sheet, row in places:
                where = {"submission": episode.submission, "position": episode.position, "sheet": sheet, "row": row}
                yield Fault("fact_missing", where)

    def _homeless(self) -> Iterator[Fault]:
        """Facts of people that stand with another unit than the one that reported them: some return put them there."""
        if not self._elsewhere:
            return
        facts = [self._elsewhere[position] for position in sorted(self._elsewhere)]
        places = {
            "positions": [fact.position for fact in facts],
            "streams": [fact.stream for fact in facts],
            "types": [type(fact.payload).__name__ for fact in facts],
            "units": [str(getattr(fact.payload, "unit", "")) for fact in facts],
            "submissions": [fact.submission for fact in facts],
        }
        for position, submission in self.reader.connection.exec_driver_sql(_HOMES, places).all():
            yield Fault("fact_elsewhere", {"position": position, "submission": submission})


class _Codes(dict[str, str]):
    """Codes of units to ids: of several units that ever bore a code, the one that is `named`."""

    def __init__(self, bearers: Mapping[str, Collection[str]], named: Collection[object]) -> None:
        super().__init__()
        self._bearers, self._named = bearers, named

    def __missing__(self, code: str) -> str:
        bearers = self._bearers[code]
        return next((unit for unit in bearers if unit in self._named), min(bearers))


class _Rows(list[dict[str, Any]]):
    """Rows by the names of their columns, as a frame gives them."""

    def iter_rows(self, *, named: Literal[True]) -> Iterator[dict[str, Any]]:
        return iter(self)


def _plain(payload: Payload, unit: str) -> Payload:
    """A fact as its row states it: with the unit that reports, and without the number that tells it from others."""
    match payload:
        case NomineeIdentified() | Step() if payload.unit != unit:
            return replace(payload, unit=unit)
        case ActivityHeld() if payload.number != 1:
            return replace(payload, number=1)
    return payload


def _field(body: Body, name: str) -> object:
    return getattr(body.data, name, None)  # type: ignore[attr-defined]
