"""Personal data and raw files, outside the log: the log holds salted commitments, so deleting here forgets for good.

`SHA-256(salt || label || 0x00 || content)` binds an event to content that it does not hold, and to whose or where
it is; without the salt nobody can guess the content from the commitment. People are matched by a keyed HMAC of
their identity number.
"""

import hashlib
import hmac
import secrets
from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

from psycopg2.extras import execute_values
from sqlalchemy import Connection, text

from events import log
from events.database import cursor_of
from events.ids import new_id
from events.log.canonical import dumps
from events.log.recorded import NewEvent
from events.proof.merkle import leaf_hash, root
from events.types.people import PersonalDataAccessed


class Sealed(NamedTuple):
    """Content, its salt, and the commitment that an event may carry."""

    content: bytes
    salt: bytes
    commitment: bytes


class Person(NamedTuple):
    """What the vault knows of a person."""

    identity: str
    name: str
    birth_date: str


class SealedRow(NamedTuple):
    """A row of a workbook with its place and its seal."""

    sheet: str
    row: int
    sealed: Sealed


def seal_file(name: str, content: bytes) -> Sealed:
    """Commit to a file under its name."""
    return seal(name, content)


def seal_person(subject: str, content: bytes) -> Sealed:
    """Commit to a person's record under their id."""
    return seal(subject, content)


def seal_row(sheet: str, row: int, content: bytes) -> SealedRow:
    """Commit to a row of a workbook under its place."""
    return SealedRow(sheet, row, seal(f"{sheet}!{row}", content))


def rows_root(rows: Iterable[SealedRow]) -> bytes:
    """The Merkle root (RFC 9162) over `place || 0x00 || commitment` of each row: it holds when content is erased."""
    return root([leaf_hash(f"{row.sheet}!{row.row}".encode() + b"\x00" + row.sealed.commitment) for row in rows])


def seal(label: str, content: bytes) -> Sealed:
    """Commit to content under a label: whose it is, or where it stands."""
    salt = secrets.token_bytes(32)
    return Sealed(content, salt, hashlib.sha256(salt + label.encode() + b"\x00" + content).digest())


def match(key: bytes, value: bytes) -> bytes:
    """The keyed HMAC-SHA-256 by which a person or a file is known again; worth nothing without the key."""
    return hmac.digest(key, value, "sha256")


def person_content(person: Person) -> bytes:
    """Canonical bytes of a person's record."""
    return dumps(person._asdict())


def submission_of(connection: Connection, fingerprints: Collection[bytes]) -> dict[bytes, str]:
    """Which of the fingerprints belong to files received already: fingerprint to submission."""
    found = connection.execute(
        text("select fingerprint, submission::text from vault.file where fingerprint = any(:prints)"),
        {"prints": list(fingerprints)},
    )
    return {bytes(row.fingerprint): row.submission for row in found}


def add_file(connection: Connection, submission: str, name: str, sealed: Sealed, fingerprint: bytes) -> None:
    """Keep a file as it came; IntegrityError if a file with this fingerprint is kept already."""
    connection.execute(
        text(
            "insert into vault.file (submission, name, content, salt, fingerprint)"
            " values (:submission, :name, :content, :salt, :fingerprint)"
        ),
        {
            "submission": submission,
            "name": name,
            "content": sealed.content,
            "salt": sealed.salt,
            "fingerprint": fingerprint,
        },
    )


def files(connection: Connection, submissions: Collection[str]) -> dict[str, bytes]:
    """The bytes of files, by submission; those erased are left out."""
    found = connection.execute(
        text(
            "select submission::text, content from vault.file"
            " where submission = any(cast(:wanted as uuid[])) and content is not null"
        ),
        {"wanted": list(submissions)},
    )
    return {row.submission: bytes(row.content) for row in found}


def file_name(connection: Connection, submission: str) -> str | None:
    """The name under which a file came."""
    return connection.execute(
        text("select name from vault.file where submission = :submission"), {"submission": submission}
    ).scalar()


def subjects(connection: Connection, matches: Collection[bytes]) -> dict[bytes, str]:
    """Who is known of the people matched, by a number of now or one that was corrected since: match to subject."""
    found = connection.execute(
        text(
            "select match, subject::text from vault.subject where match = any(:matches)"
            " union all select match, subject::text from vault.former_match where match = any(:matches)"
        ),
        {"matches": list(matches)},
    )
    return {bytes(row.match): row.subject for row in found}


def current_matches(connection: Connection, wanted: Collection[str]) -> dict[str, bytes]:
    """The match by which each subject is known now; those erased are left out."""
    found = connection.execute(
        text(
            "select subject::text, match from vault.subject"
            " where subject = any(cast(:wanted as uuid[])) and match is not null"
        ),
        {"wanted": list(wanted)},
    )
    return {row.subject: bytes(row.match) for row in found}


def renumber(connection: Connection, subject: str, matched: bytes) -> None:
    """Let a subject be known by another match from now on, and by the one before as well."""
    values = {"subject": subject, "new": matched}
    connection.execute(
        text("update vault.former_match set match = null where subject = :subject and match = :new"), values
    )
    connection.execute(
        text(
            "insert into vault.former_match (subject, number, match)"
            " select s.subject, coalesce(max(f.number), 0) + 1, s.match"
            " from vault.subject s left join vault.former_match f using (subject)"
            " where s.subject = :subject group by s.subject, s.match"
        ),
        values,
    )
    connection.execute(text("update vault.subject set match = :new where subject = :subject"), values)


def person_versions(connection: Connection, wanted: Collection[str]) -> dict[str, list[Sealed]]:
    """Every record of each subject, oldest first, for the program's own comparing; those erased are left out."""
    rows = connection.execute(
        text(
            "select subject::text, content, salt, commitment from vault.person"
            " where subject = any(cast(:wanted as uuid[])) and content is not null order by subject, version"
        ),
        {"wanted": list(wanted)},
    )
    found: dict[str, list[Sealed]] = {}
    for row in rows:
        found.setdefault(row.subject, []).append(Sealed(bytes(row.content), bytes(row.salt), bytes(row.commitment)))
    return found


def add_persons(connection: Connection, people: Sequence[tuple[str, bytes, Sealed]]) -> None:
    """Record people: subject, match, sealed record. A subject known already gains a version of its record."""
    with cursor_of(connection) as cursor:
        execute_values(
            cursor,
            "insert into vault.subject (subject, match) values %s on conflict (subject) do nothing",
            [(subject, matched) for subject, matched, _ in people],
        )
        execute_values(
            cursor,
            "insert into vault.person (subject, version, content, salt, commitment) values %s",
            [(subject, subject, *sealed) for subject, _, sealed in people],
            "(%s, (select coalesce(max(version), 0) + 1 from vault.person where subject = %s), %s, %s, %s)",
        )


def add_comment(connection: Connection, submission: str, comment: str) -> bytes:
    """Keep the words with which a return was given back; the commitment that its event carries."""
    sealed = seal(submission, comment.encode())
    connection.execute(
        text("insert into vault.comment (submission, content, salt) values (:submission, :content, :salt)"),
        {"submission": submission, "content": comment, "salt": sealed.salt},
    )
    return sealed.commitment


def comment(connection: Connection, submission: str) -> str | None:
    """The words with which a return was given back; None where there are none, or no more."""
    return connection.execute(
        text("select content from vault.comment where submission = :submission"), {"submission": submission}
    ).scalar()


def add_rows(connection: Connection, submission: str, rows: Iterable[SealedRow]) -> None:
    """Keep the rows of a workbook, numbered as the leaves under the submission's root."""
    with cursor_of(connection) as cursor:
        execute_values(
            cursor,
            "insert into vault.row (submission, number, sheet, row, content, salt, commitment) values %s",
            [(submission, number, row.sheet, row.row, *row.sealed) for number, row in enumerate(rows)],
        )


def read_person(
    connection: Connection, subject: str, reader: str, purpose: str, by: str, commitment: str | None = None
) -> Person | None:
    """A person's record with a commitment, or else the newest, for a person to see; None once erased.

    The reading is recorded `by` an actor: who, when, whose, why. Appends to the log, so it must be called under READ
    COMMITTED, and last in its transaction.
    """
    import msgspec

    versions = person_versions(connection, [subject]).get(subject)
    if not versions:
        return None
    sealed = next((one for one in versions if one.commitment.hex() == commitment), versions[-1])
    reading, bound = new_id(), seal(reader, purpose.encode())
    connection.execute(
        text(
            "insert into vault.access (reading, reader, subject, purpose, salt)"
            " values (:reading, :reader, :subject, :purpose, :salt)"
        ),
        {"reading": reading, "reader": reader, "subject": subject, "purpose": purpose, "salt": bound.salt},
    )
    payload = PersonalDataAccessed(reading, subject, bound.commitment.hex())
    log.append(connection, [NewEvent(f"reading-{reading}", 1, payload)], by)
    return Person(**msgspec.json.decode(sealed.content, type=dict[str, str]))
