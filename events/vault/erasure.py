"""Forgetting a person: keys are given up, content and matches deleted, and the log records that they were.

What the log committed to stays committed to; without content and salt there is nothing left to guess from. What is
left in dead rows, the write-ahead log or a backup of the database is sealed under keys that are destroyed.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import Connection, Engine, text

from events import log
from events.log.recorded import NewEvent, decode
from events.types.people import ErasureLifted, SubjectErased
from events.vault import tombstones
from events.vault.content import cells, open_file, person_of
from events.vault.keystore import KeyStore, Unreadable
from events.vault.seals import Person, decrypted
from events.vault.workbook import Row, open_rows, seal_rows

TOLD_TOGETHER = 1000
"""Submissions that one event lists, in some 40,000 bytes: its body must fit an entry of an export, 65,535 bytes."""


class Recorded(NamedTuple):
    """An erasure as the log tells it: the first one of a person, and the submissions of all of them."""

    position: int
    reason: str
    submissions: tuple[str, ...]


class Kept(NamedTuple):
    """What the vault keeps of a submission: each None or empty where it is erased, or does not open.

    `unreadable` says that something is there and does not open, so that nobody can search it.
    """

    submission: str
    unreadable: bool
    content: bytes | None
    fingerprint: bytes | None
    comment: str | None
    rows: Sequence[Row]


def records(connection: Connection, store: KeyStore, subject: str) -> list[Person]:
    """Every record of a person that opens, oldest first; for the program's own searching."""
    rows = connection.execute(
        text(
            "select s.slot, p.sealed from vault.person p join vault.subject s using (subject)"
            " where subject = :subject and p.sealed is not null and s.slot is not null order by p.version"
        ),
        {"subject": subject},
    )
    found = []
    for row in rows:
        if key := store.key(subject, row.slot):
            try:
                found.append(person_of(decrypted(key, subject, row.sealed).content))
            except Unreadable:
                continue
    return found


def known(connection: Connection, subject: str) -> bool:
    """Whether the vault knows of the subject at all, erased or not."""
    return bool(
        connection.execute(
            text("select exists (select from vault.subject where subject = :subject)"), {"subject": subject}
        ).scalar()
    )


def recorded(connection: Connection, subject: str) -> Recorded | None:
    """The erasure of a person that the log tells of."""
    rows = connection.execute(
        text(
            "select position, body::text as body from events.event"
            " where stream = :stream and type = 'SubjectErased' order by position"
        ),
        {"stream": f"nomination-{subject}"},
    ).all()
    if not rows:
        return None
    payloads = [decode(row.position, row.body).payload for row in rows]
    erased = [payload for payload in payloads if isinstance(payload, SubjectErased)]
    submissions = {submission for payload in erased for submission in payload.submissions}
    return Recorded(rows[0].position, erased[0].reason, tuple(sorted(submissions)))


def stated_by(connection: Connection, subject: str) -> set[str]:
    """The submissions that, as the log tells, stated something of a person."""
    return set(
        connection.execute(
            text(
                "select distinct body #>> '{cause,submission}' from events.event"
                " where stream = :stream and body #>> '{cause,submission}' is not null"
            ),
            {"stream": f"nomination-{subject}"},
        ).scalars()
    )


def kept(connection: Connection, store: KeyStore, submission: str) -> Kept:
    """What is kept of a submission, opened."""
    row = connection.execute(
        text(
            "select f.submission::text, f.slot, f.sealed_name, f.sealed, f.fingerprint,"
            " c.sealed as comment, w.sealed as rows"
            " from vault.file f left join vault.comment c using (submission)"
            " left join vault.workbook w using (submission) where f.submission = :submission"
        ),
        {"submission": submission},
    ).one_or_none()
    if row is None:
        return Kept(submission, False, None, None, None, [])
    key = store.key(submission, row.slot) if row.slot is not None else None
    file = open_file(store, row) if key and row.sealed_name and row.sealed else None
    comment = None
    if key and row.comment:
        try:
            comment = decrypted(key, submission, row.comment).content.decode()
        except (Unreadable, UnicodeDecodeError):
            comment = None
    rows: list[Row] = []
    if key and row.rows:
        try:
            rows = open_rows(key, row.rows)
        except Unreadable:
            rows = []
    return Kept(
        submission,
        bool(row.sealed_name or row.sealed) > bool(file)
        or bool(row.comment) > (comment is not None)
        or bool(row.rows) > bool(rows),
        file[1].content if file else None,
        row.fingerprint and bytes(row.fingerprint),
        comment,
        rows,
    )


def delete_person(connection: Connection, subject: str) -> int:
    """Delete a person's records and matches, and give up their key; how many records there were."""
    values = {"subject": subject}
    deleted = connection.execute(
        text(
            "update vault.person set likeness = null, sealed = null"
            " where subject = :subject and num_nonnulls(likeness, sealed) > 0"
        ),
        values,
    ).rowcount
    connection.execute(
        text(
            "insert into vault.condemned (slot, owner) select slot, subject from vault.subject"
            " where subject = :subject and slot is not null on conflict do nothing"
        ),
        values,
    )
    connection.execute(
        text(
            "update vault.subject set match = null, slot = null"
            " where subject = :subject and num_nonnulls(match, slot) > 0"
        ),
        values,
    )
    connection.execute(
        text("update vault.former_match set match = null where subject = :subject and match is not null"), values
    )
    return deleted


def delete_submissions(connection: Connection, store: KeyStore, left: Mapping[str, Sequence[Row]]) -> None:
    """Delete files and comments of submissions, and of their rows all that are not `left` with their content.

    The key to each is given up; what is left is sealed anew, under another one, from which nothing else opens.
    """
    submissions = {"submissions": list(left)}
    connection.execute(
        text(
            "insert into vault.condemned (slot, owner) select slot, submission from vault.file"
            " where submission = any(cast(:submissions as uuid[])) and slot is not null on conflict do nothing"
        ),
        submissions,
    )
    connection.execute(
        text("update vault.workbook set sealed = null where submission = any(cast(:submissions as uuid[]))"),
        submissions,
    )
    connection.execute(
        text("update vault.comment set sealed = null where submission = any(cast(:submissions as uuid[]))"), submissions
    )
    connection.execute(
        text("delete from vault.mention where submission = any(cast(:submissions as uuid[]))"), submissions
    )
    connection.execute(
        text(
            "update vault.file set slot = null, sealed_name = null, sealed = null, fingerprint = null"
            " where submission = any(cast(:submissions as uuid[]))"
        ),
        submissions,
    )
    about_others = [submission for submission, rows in left.items() if any(row.salted for row in rows)]
    for key in store.fresh(about_others):
        values = {"submission": key.owner, "slot": key.slot, "rows": seal_rows(key, left[key.owner])}
        connection.execute(text("update vault.file set slot = :slot where submission = :submission"), values)
        connection.execute(text("update vault.workbook set sealed = :rows where submission = :submission"), values)


def record(
    connection: Connection, subject: str, version: int, reason: str, submissions: tuple[str, ...], by: str
) -> int:
    """Record an erasure `by` an actor after `version` of the person's stream, and by what they are known again.

    More submissions than one event holds are told by several, one after the other. Answers with the position of the
    first. Raises as `log.append` does.
    """
    marks = tombstones.digest(connection, subject)
    parts = [submissions[at : at + TOLD_TOGETHER] for at in range(0, len(submissions), TOLD_TOGETHER)] or [()]
    events = [
        NewEvent(f"nomination-{subject}", version + number, SubjectErased(subject, reason, part, marks))
        for number, part in enumerate(parts, start=1)
    ]
    return log.append(connection, events, by).first


def record_lifted(connection: Connection, subject: str, version: int, reason: str, by: str) -> int:
    """Record that an erased person may be reported again; the position. Raises as `log.append` does."""
    event = NewEvent(f"nomination-{subject}", version + 1, ErasureLifted(subject, reason))
    return log.append(connection, [event], by).first


def finish(engine: Engine, store: KeyStore) -> int:
    """Destroy the keys that erasures gave up, and then forget where they were; how many there were.

    Called after an erasure committed; what was cut off before is finished by the next one, and by `nguon init`.
    """
    with engine.begin() as connection:
        slots = list(connection.exec_driver_sql("select slot from vault.condemned").scalars())
    if slots:
        store.destroy(slots)
        with engine.begin() as connection:
            connection.execute(text("delete from vault.condemned where slot = any(:slots)"), {"slots": slots})
    return len(slots)


def cells_of(row: Row) -> list[str]:
    """The filled cells of a row; none once erased."""
    return [cell for cell in cells(row.content).values() if cell] if row.content else []
