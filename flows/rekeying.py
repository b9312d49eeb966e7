"""Another matching key: all by which people and files are known again is made anew from what is sealed.

Marks of the erased cannot be made anew, since nothing is left of these people: what made them is kept beside the new
key. All else changes in the transaction that records the change. Whoever is cut off before does it again; after it, the
new key waits beside the former one, and takes its place as soon as anybody asks for it.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from typing import Any

from psycopg2.extras import execute_values
from sqlalchemy import Connection, text

from events import vault
from events.database import cursor_of
from events.errors import RefusedError
from events.vault import erasure, mentions
from flows.context import Context
from flows.reading import READER
from schemas.gate.mentioned import words_of, words_of_rows
from schemas.text import fold

_PEOPLE, _FILES = 2_000, 32
"""In memory at a time."""


def rekey(
    context: Context, connection: Connection, key: bytes, progress: Callable[[int, int], None] = lambda done, of: None
) -> None:
    """Make anew under `key` matches, likenesses, fingerprints and the index of mentions, in this transaction.

    For who keeps everybody else from taking in and deciding meanwhile. Raises RefusedError `vault_key_lost`,
    `vault_unreadable`.
    """
    people = _ids(connection, "select subject::text from vault.subject where slot is not null order by 1")
    submissions = _ids(connection, "select submission::text from vault.file where slot is not null order by 1")
    of, done = len(people) + len(submissions), 0
    for some in _parts(people, _PEOPLE):
        _rekey_people(context, connection, key, some)
        progress(done := done + len(some), of)
    for some in _parts(submissions, _FILES):
        for submission in some:
            _rekey_submission(context, connection, key, submission)
        progress(done := done + len(some), of)


def _rekey_people(context: Context, connection: Connection, key: bytes, people: Sequence[str]) -> None:
    subjects, former, records = [], [], []
    for subject, versions in vault.person_versions(connection, context.keystore, people).items():
        persons = [vault.person_of(sealed.content) for sealed in versions]
        *before, now = (vault.match(key, number.encode()) for number, _ in groupby(one.identity for one in persons))
        subjects.append((subject, now))
        former += [(subject, number, match) for number, match in enumerate(before, start=1)]
        records += [
            (subject, sealed.commitment, vault.likeness(key, fold(person.name), person.birth_date))
            for person, sealed in zip(persons, versions, strict=True)
        ]
    with cursor_of(connection) as cursor:
        _update(
            cursor,
            "update vault.subject set match = fresh.match from (values %s) as fresh (subject, match)"
            " where subject.subject = fresh.subject",
            subjects,
            "(%s::uuid, %s)",
        )
        _update(
            cursor,
            # One that was taken up again stays null.
            "update vault.former_match set match = fresh.match from (values %s) as fresh (subject, number, match)"
            " where (former_match.subject, former_match.number) = (fresh.subject, fresh.number)"
            " and former_match.match is not null",
            former,
            "(%s::uuid, %s, %s)",
        )
        _update(
            cursor,
            "update vault.person set likeness = fresh.likeness"
            " from (values %s) as fresh (subject, commitment, likeness)"
            " where (person.subject, person.commitment) = (fresh.subject, fresh.commitment)",
            records,
            "(%s::uuid, %s, %s)",
        )


def _rekey_submission(context: Context, connection: Connection, key: bytes, submission: str) -> None:
    kept = erasure.kept(connection, context.keystore, submission)
    if kept.unreadable:
        raise RefusedError("vault_unreadable", owner=submission)
    if kept.content is not None:
        connection.execute(
            text("update vault.file set fingerprint = :fingerprint where submission = :submission"),
            {"fingerprint": vault.match(key, kept.content), "submission": submission},
        )
        read = READER.read(kept.content, "all").read
        words = mentions.hashed(key, words_of(kept.content, read.sheets if read else None))
        mentions.put(connection, key, submission, mentions.FILE, words)
    elif any(row.salted for row in kept.rows):
        words = mentions.hashed(key, words_of_rows(erasure.cells_of(row) for row in kept.rows))
        mentions.put(connection, key, submission, mentions.FILE, words)
    if kept.comment is not None:
        words = mentions.hashed(key, words_of(b"", {"": [[kept.comment]]}))
        mentions.put(connection, key, submission, mentions.COMMENT, words)


def _update(cursor: Any, statement: str, rows: Sequence[tuple[object, ...]], template: str) -> None:
    if rows:
        execute_values(cursor, statement, rows, template)


def _ids(connection: Connection, statement: str) -> Sequence[str]:
    return connection.exec_driver_sql(statement).scalars().all()


def _parts(ids: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    return (ids[at : at + size] for at in range(0, len(ids), size))
