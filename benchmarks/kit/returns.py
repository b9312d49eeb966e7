"""A log of returns beside the rows that it was made of, as the gate makes it: what can be replayed."""

from collections.abc import Callable
from datetime import date
from itertools import count as counted

import polars as pl
from sqlalchemy import Connection, Engine, text

from events import log, vault
from events.ids import new_id
from events.log.canonical import dumps
from events.log.recorded import Cause, NewEvent
from events.types.submissions import SubmissionFoundValid, SubmissionReceived, SubmissionSubmitted
from events.vault import mentions
from events.vault.keystore import KeyStore
from flows.decide import differences
from schemas.forms.quarterly import QUARTERLY
from schemas.forms.stating import Stating
from schemas.gate import check
from schemas.gate.mentioned import words_of_rows
from schemas.gate.workbook import Row, Workbook
from schemas.periods import parse
from schemas.text import fold
from schemas.vocabulary.steps import REPORTED_STEP
from schemas.vocabulary.terms import BRANCH_ACTIVITY, MEASURE, SEX, SOURCE_GROUP, YES_NO
from warehouse.returns.returns import Key

ACTOR = "command.submit"
MATCHING = b"the matching key of a benchmark."
EVENTS = 17
"""Events of a submission: received, valid, submitted, and 14 facts."""

_PERIOD = parse("2026Q1")
_SUPERIOR = new_id()
_SYLLABLES = ("An", "Bình", "Cúc", "Dũng", "Giang", "Hạnh", "Khoa", "Lan", "Minh", "Nga", "Oanh", "Phúc", "Quý", "Sơn")
_TOGETHER = 200
"""Submissions in a transaction."""


def fill(engine: Engine, store: KeyStore, count: int, heard: Callable[[str], None]) -> None:
    """Append about `count` events of branches' quarterly returns, each of 14 rows, about two people each.

    What names them is sealed under keys of `store`.
    """
    numbers = counted(1)
    for done in range(0, count, _TOGETHER * EVENTS):
        heard(f"filling a log of returns: {done:,} of {count:,} events")
        _append(engine, store, [next(numbers) for _ in range(min(_TOGETHER, -(-(count - done) // EVENTS)))])
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("vacuum analyze"))


def _append(engine: Engine, store: KeyStore, numbers: list[int]) -> None:
    store.reserve(3 * len(numbers))
    keys = {key.owner: key for key in (store.new() for _ in numbers)}
    books = {submission: _book(number) for submission, number in zip(keys, numbers, strict=True)}
    stacked = check.stack(QUARTERLY, books)
    frames = {sheet: frame.partition_by("submission", as_dict=True) for sheet, frame in stacked.items()}
    with engine.begin() as connection:
        events: list[NewEvent] = []
        for submission, book in books.items():
            own = {sheet: frame[submission,] for sheet, frame in frames.items()}
            events += _recorded(connection, store, keys[submission], book, own)
        log.append(connection, events, ACTOR)


def _recorded(
    connection: Connection, store: KeyStore, key: vault.DataKey, book: Workbook, frames: dict[str, pl.DataFrame]
) -> list[NewEvent]:
    unit, submission = book.unit or "", key.owner
    subjects, commitments, people = {}, {}, []
    for row in frames["nominees"].iter_rows(named=True):
        own = store.new()
        subject = subjects[row["identity"]] = own.owner
        person = vault.Person(row["identity"], row["name"], row["birth_date"].isoformat())
        sealed = vault.seal_person(subject, vault.person_content(person))
        commitments[subject] = sealed.commitment.hex()
        matched = vault.match(MATCHING, row["identity"].encode())
        likeness = vault.likeness(MATCHING, fold(row["name"]), person.birth_date)
        people.append(vault.Record(own, matched, sealed, likeness))
    name = f"{submission}.xlsx"
    file = vault.seal_file(name, submission.encode())
    vault.add_file(connection, key, name, file, vault.match(MATCHING, file.content))
    words = words_of_rows(tuple(row.cells.values()) for own in book.rows.values() for row in own)
    mentions.put(connection, MATCHING, submission, mentions.FILE, mentions.hashed(MATCHING, words))
    vault.add_persons(connection, people)
    rows = [vault.make_row(sheet, row.number, dumps(row.cells)) for sheet, own in book.rows.items() for row in own]
    root = vault.add_rows(connection, key, rows).hex()
    stating = Stating(submission, unit, _PERIOD, subjects, commitments, {})
    of = Key(unit, QUARTERLY.key, _PERIOD.code)
    facts = differences(submission, of, QUARTERLY.facts(stating, frames), [], {}, {})
    received = SubmissionReceived(
        submission, date(2026, 3, 20), file.commitment.hex(), len(file.content), unit, _PERIOD.code, QUARTERLY.key, 1
    )
    valid = SubmissionFoundValid(
        submission, unit, _PERIOD.code, QUARTERLY.key, 1, _PERIOD.last, len(rows), root, facts=len(facts)
    )
    stream = f"submission-{submission}"
    return [
        NewEvent(stream, 1, received),
        NewEvent(stream, 2, valid, Cause(submission)),
        *facts,
        NewEvent(stream, 3, SubmissionSubmitted(submission, _SUPERIOR)),
    ]


def _name(number: int) -> str:
    """A name of its own for each number, so that erasing one person concerns nobody else."""
    given: list[str] = []
    while number or not given:
        number, syllable = divmod(number, len(_SYLLABLES))
        given.append(_SYLLABLES[syllable])
    return " ".join(["Nguyễn", *given])


def _book(number: int) -> Workbook:
    """A branch's workbook: two nominees and a step of each, six numbers, four activities."""
    people = [
        {
            "identity": f"{2 * number + one:012}",
            "name": _name(2 * number + one),
            "birth_date": f"{1 + number % 28:02}/05/2004",
            "sex": SEX.titles()[one],
            "ethnic_minority": YES_NO.titles()[1],
            "source_group": SOURCE_GROUP.titles()[0],
            "on": "10/01/2026",
        }
        for one in (0, 1)
    ]
    steps = [
        {"identity": person["identity"], "step": REPORTED_STEP.titles()[0], "on": "01/02/2026"} for person in people
    ]
    measures = [{"measure": title, "value": str(10 + number % 7)} for title in MEASURE.titles()]
    held = [
        {"activity": title, "on": f"{day:02}/02/2026", "participants": str(20 + number % 9), "members": "9"}
        for day, title in enumerate(BRANCH_ACTIVITY.titles()[:4], start=1)
    ]
    given = {"nominees": people, "steps": steps, "membership": measures, "activities": held}
    rows = {
        sheet.key: tuple(
            Row(at, {**{column.key: None for column in sheet.read}, **cells})
            for at, cells in enumerate(given[sheet.key], start=4)
        )
        for sheet in QUARTERLY.sheets
    }
    return Workbook(QUARTERLY, new_id(), period=_PERIOD.code, rows=rows)
