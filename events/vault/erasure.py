"""Forgetting a person: content, salts and match are deleted from the vault, and the log records that they were.

What the log committed to stays committed to; without content and salt there is nothing left to guess from.
"""

from collections.abc import Collection, Iterator
from typing import NamedTuple

import msgspec
from sqlalchemy import Connection, Engine, text

from events import log
from events.log.recorded import NewEvent, decode
from events.types.people import SubjectErased
from events.vault import Person

_FILES = 32
"""Files in memory at a time."""

_TABLES = ("person", "subject", "former_match", "row", "file", "comment")


class KeptFile(NamedTuple):
    """A file that the vault keeps."""

    submission: str
    content: bytes
    fingerprint: bytes


class Recorded(NamedTuple):
    """An erasure as the log tells it."""

    position: int
    reason: str
    submissions: tuple[str, ...]


class Deleted(NamedTuple):
    """What was deleted: records of the person, rows that named them, and the submissions whose file or rows did."""

    records: int
    rows: int
    submissions: tuple[str, ...]


def records(connection: Connection, subject: str) -> list[Person]:
    """Every record of a person that has content, oldest first; for the program's own searching."""
    rows = connection.execute(
        text("select content from vault.person where subject = :subject and content is not null order by version"),
        {"subject": subject},
    )
    return [Person(**msgspec.json.decode(row.content, type=dict[str, str])) for row in rows]


def known(connection: Connection, subject: str) -> bool:
    """Whether the vault knows of the subject at all, erased or not."""
    return bool(
        connection.execute(
            text("select exists (select from vault.subject where subject = :subject)"), {"subject": subject}
        ).scalar()
    )


def recorded(connection: Connection, subject: str) -> Recorded | None:
    """The first erasure of a person that the log tells of."""
    row = connection.execute(
        text(
            "select position, body::text as body from events.event"
            " where stream = :stream and type = 'SubjectErased' order by position limit 1"
        ),
        {"stream": f"nomination-{subject}"},
    ).one_or_none()
    if row is None:
        return None
    payload = decode(row.position, row.body).payload
    assert isinstance(payload, SubjectErased)
    return Recorded(row.position, payload.reason, payload.submissions)


def kept_files(connection: Connection) -> tuple[int, Iterator[KeptFile]]:
    """How many files the vault keeps, and these, in constant memory."""
    count = connection.exec_driver_sql("select count(*) from vault.file where content is not null").scalar_one()
    rows = connection.exec_driver_sql(
        "select submission::text, content, fingerprint from vault.file where content is not null order by submission",
        execution_options={"yield_per": _FILES},
    )
    return count, (KeptFile(row.submission, bytes(row.content), bytes(row.fingerprint)) for row in rows)


def comments(connection: Connection) -> list[tuple[str, str]]:
    """The words with which returns were given back, by submission; for the program's own searching."""
    rows = connection.execute(text("select submission::text, content from vault.comment where content is not null"))
    return [(row.submission, row.content) for row in rows]


def delete(connection: Connection, subject: str, identities: Collection[str], submissions: Collection[str]) -> Deleted:
    """Delete the person's records and matches, the rows with the identity numbers, and the files that name them.

    The files, and the words with which they were given back, are those of `submissions` and of the rows. Deleting again
    deletes nothing more.
    """
    deleted = connection.execute(
        text(
            "update vault.person set content = null, salt = null"
            " where subject = :subject and num_nonnulls(content, salt) > 0"
        ),
        {"subject": subject},
    ).rowcount
    connection.execute(
        text("update vault.subject set match = null where subject = :subject and match is not null"),
        {"subject": subject},
    )
    connection.execute(
        text("update vault.former_match set match = null where subject = :subject and match is not null"),
        {"subject": subject},
    )
    rows = [
        row.submission
        for identity in identities
        for row in connection.execute(
            text(
                "update vault.row set content = null, salt = null"
                " where position(convert_to(:identity, 'UTF8') in content) > 0 returning submission::text"
            ),
            {"identity": identity},
        )
    ]
    redacted = tuple(sorted({*submissions, *rows}))
    connection.execute(
        text(
            "update vault.file set name = null, content = null, salt = null, fingerprint = null"
            " where submission = any(cast(:submissions as uuid[]))"
            "   and num_nonnulls(name, content, salt, fingerprint) > 0"
        ),
        {"submissions": list(redacted)},
    )
    connection.execute(
        text(
            "update vault.comment set content = null, salt = null"
            " where submission = any(cast(:submissions as uuid[])) and num_nonnulls(content, salt) > 0"
        ),
        {"submissions": list(redacted)},
    )
    return Deleted(deleted, len(rows), redacted)


def record(
    connection: Connection, subject: str, version: int, reason: str, submissions: tuple[str, ...], by: str
) -> int:
    """Record an erasure `by` an actor after `version` of the person's stream; its position.

    Raises as `log.append` does.
    """
    event = NewEvent(f"nomination-{subject}", version + 1, SubjectErased(subject, reason, submissions))
    return log.append(connection, [event], by).first


def sweep(engine: Engine) -> None:
    """Let go of the dead rows that deleting left; where this account may not, the server does it in its own time."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql(f"vacuum {', '.join(f'vault.{table}' for table in _TABLES)}")
