"""Keyed marks of who was erased, so that nobody is brought back unawares; without the matching key they say nothing."""

import hashlib
from collections.abc import Collection

from sqlalchemy import Connection, text

from events.vault.seals import likeness, match


def key_of(matching_key: bytes) -> bytes:
    """The key of marks that a matching key gives: from it nothing else of that key is known."""
    return match(matching_key, b"tombstones")


def of_number(key: bytes, identity: str) -> bytes:
    """The mark of an identity number; not the match by which the person was known, which backups hold."""
    return match(key, b"number\x00" + identity.encode())


def of_file(key: bytes, content: bytes) -> bytes:
    """The mark of a file."""
    return match(key, b"file\x00" + content)


def of_likeness(key: bytes, name: str, birth_date: str) -> bytes:
    """The mark of a name, folded, and a birth date (ISO 8601)."""
    return likeness(key, name, birth_date)


def put(connection: Connection, subject: str, marks: Collection[bytes]) -> None:
    """Keep the marks of an erased person; one that stands already stays with whom it is of."""
    connection.execute(
        text(
            "insert into vault.tombstone (mark, subject)"
            " select mark, :subject from unnest(cast(:marks as bytea[])) mark on conflict (mark) do nothing"
        ),
        {"subject": subject, "marks": sorted(marks)},
    )


def any_stand(connection: Connection) -> bool:
    """Whether anybody is known again at all."""
    return bool(connection.exec_driver_sql("select exists (select from vault.tombstone)").scalar_one())


def standing(connection: Connection, subjects: Collection[str]) -> set[str]:
    """Which of the subjects are erased, and their erasure not lifted."""
    found = connection.execute(
        text("select distinct subject::text from vault.tombstone where subject = any(cast(:subjects as uuid[]))"),
        {"subjects": list(subjects)},
    )
    return set(found.scalars())


def known(connection: Connection, marks: Collection[bytes]) -> dict[bytes, str]:
    """Who of the erased the marks are of: mark to subject."""
    rows = connection.execute(
        text("select mark, subject::text from vault.tombstone where mark = any(:marks)"), {"marks": list(marks)}
    )
    return {bytes(row.mark): row.subject for row in rows}


def digest(connection: Connection, subject: str) -> str | None:
    """SHA-256 over all marks of a person, in order, as hex; None where there is none."""
    marks = connection.execute(
        text("select mark from vault.tombstone where subject = :subject order by mark"), {"subject": subject}
    )
    return digest_of([bytes(mark) for mark in marks.scalars()])


def digest_of(marks: Collection[bytes]) -> str | None:
    """SHA-256 over marks in order, as hex; None where there is none."""
    joined = b"".join(marks)
    return hashlib.sha256(joined).hexdigest() if joined else None


def lift(connection: Connection, subject: str) -> int:
    """Take the marks of a person away; how many there were."""
    return connection.execute(
        text("delete from vault.tombstone where subject = :subject"), {"subject": subject}
    ).rowcount
