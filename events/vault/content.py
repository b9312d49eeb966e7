"""Personal data and raw files, outside the log, each sealed under a key that erasing destroys."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec
from psycopg2.extras import execute_values
from sqlalchemy import Connection, text

from events.database import cursor_of
from events.errors import RefusedError
from events.vault.keystore import DataKey, KeyStore, Unreadable
from events.vault.seals import Person, Sealed, decrypted, encrypted, seal

NAME = "name"
"""The label of a file's name."""


class Record(NamedTuple):
    """A record of a person to be kept: under whose key, by what match they are known, and its likeness."""

    key: DataKey
    match: bytes
    sealed: Sealed
    likeness: bytes


def submission_of(connection: Connection, fingerprints: Collection[bytes]) -> dict[bytes, str]:
    """Which of the fingerprints belong to files received already: fingerprint to submission."""
    found = connection.execute(
        text("select fingerprint, submission::text from vault.file where fingerprint = any(:prints)"),
        {"prints": list(fingerprints)},
    )
    return {bytes(row.fingerprint): row.submission for row in found}


def add_file(connection: Connection, key: DataKey, name: str, sealed: Sealed, fingerprint: bytes) -> None:
    """Keep a file as it came, as of the submission that the key is of.

    IntegrityError if a file with this fingerprint is kept already.
    """
    connection.execute(
        text(
            "insert into vault.file (submission, slot, sealed_name, sealed, fingerprint)"
            " values (:submission, :slot, :name, :sealed, :fingerprint)"
        ),
        {
            "submission": key.owner,
            "slot": key.slot,
            "name": key.seal(NAME, name.encode()),
            "sealed": encrypted(key, name, sealed),
            "fingerprint": fingerprint,
        },
    )


def files(connection: Connection, store: KeyStore, submissions: Collection[str]) -> dict[str, bytes]:
    """The bytes of files, by submission; those erased are left out, and those that do not open."""
    found = connection.execute(
        text(
            "select submission::text, slot, sealed_name, sealed from vault.file"
            " where submission = any(cast(:wanted as uuid[])) and sealed is not null and slot is not null"
        ),
        {"wanted": list(submissions)},
    )
    opened = {}
    for row in found:
        if (file := open_file(store, row)) is not None:
            opened[row.submission] = file[1].content
    return opened


def file_opened(connection: Connection, store: KeyStore, submission: str) -> tuple[str, Sealed] | None:
    """Name and content of a submission's file; None where it was erased or does not open, or is of nobody."""
    row = connection.execute(
        text(
            "select submission::text, slot, sealed_name, sealed from vault.file where submission::text = :submission"
            " and num_nulls(slot, sealed_name, sealed) = 0"
        ),
        {"submission": submission},
    ).one_or_none()
    return open_file(store, row) if row else None


def open_file(store: KeyStore, row: Any) -> tuple[str, Sealed] | None:
    """Name and content of a row (submission, slot, sealed_name, sealed) of vault.file; None where it does not open."""
    if (key := store.key(row.submission, row.slot)) is None:
        return None
    try:
        name = key.open(NAME, row.sealed_name).decode()
        return name, decrypted(key, name, row.sealed)
    except (Unreadable, UnicodeDecodeError):
        return None


def file_names(connection: Connection, store: KeyStore, submissions: Collection[str]) -> dict[str, str]:
    """The names under which files came, by submission; those erased are left out, and those that do not open."""
    found = connection.execute(
        text(
            "select submission::text, slot, sealed_name from vault.file"
            " where submission = any(cast(:wanted as uuid[])) and sealed_name is not null and slot is not null"
        ),
        {"wanted": list(submissions)},
    )
    names = {}
    for row in found:
        if key := store.key(row.submission, row.slot):
            try:
                names[row.submission] = key.open(NAME, row.sealed_name).decode()
            except (Unreadable, UnicodeDecodeError):
                continue
    return names


def file_name(connection: Connection, store: KeyStore, submission: str) -> str | None:
    """The name under which a file came."""
    return file_names(connection, store, [submission]).get(submission)


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


def person_keys(connection: Connection, store: KeyStore, wanted: Collection[str]) -> dict[str, DataKey]:
    """The key of each subject. Raises RefusedError `vault_key_lost` where that of somebody living is gone."""
    rows = connection.execute(
        text(
            "select subject::text, slot from vault.subject"
            " where subject = any(cast(:wanted as uuid[])) and slot is not null"
        ),
        {"wanted": list(wanted)},
    )
    slots = {row.subject: row.slot for row in rows}
    found = store.keys(slots)
    for lost in slots.keys() - found.keys():
        raise RefusedError("vault_key_lost", owner=lost)
    return found


def person_versions(connection: Connection, store: KeyStore, wanted: Collection[str]) -> dict[str, list[Sealed]]:
    """Every record of each subject, oldest first, for the program's own comparing; those erased are left out.

    Raises RefusedError `vault_key_lost`, and `vault_unreadable` for a record that is not what was sealed.
    """
    keys = person_keys(connection, store, wanted)
    rows = connection.execute(
        text(
            "select subject::text, sealed from vault.person"
            " where subject = any(cast(:wanted as uuid[])) and sealed is not null order by subject, version"
        ),
        {"wanted": list(keys)},
    )
    found: dict[str, list[Sealed]] = {}
    for row in rows:
        try:
            found.setdefault(row.subject, []).append(decrypted(keys[row.subject], row.subject, row.sealed))
        except Unreadable:
            raise RefusedError("vault_unreadable", owner=row.subject) from None
    return found


def readable_versions(connection: Connection, store: KeyStore, wanted: Collection[str]) -> dict[str, list[Sealed]]:
    """Every record of each subject that opens, oldest first: for verification, which names the others itself."""
    rows = connection.execute(
        text(
            "select s.subject::text, s.slot, p.sealed from vault.person p join vault.subject s using (subject)"
            " where s.subject = any(cast(:wanted as uuid[])) and p.sealed is not null and s.slot is not null"
            " order by s.subject, p.version"
        ),
        {"wanted": list(wanted)},
    )
    found: dict[str, list[Sealed]] = {}
    for row in rows:
        if key := store.key(row.subject, row.slot):
            try:
                found.setdefault(row.subject, []).append(decrypted(key, row.subject, row.sealed))
            except Unreadable:
                continue
    return found


def add_persons(connection: Connection, people: Sequence[Record]) -> None:
    """Record people. A subject known already gains a version of its record."""
    with cursor_of(connection) as cursor:
        execute_values(
            cursor,
            "insert into vault.subject (subject, slot, match) values %s on conflict (subject) do nothing",
            [(one.key.owner, one.key.slot, one.match) for one in people],
        )
        execute_values(
            cursor,
            "insert into vault.person (subject, version, commitment, likeness, sealed) values %s",
            [
                (
                    one.key.owner,
                    one.key.owner,
                    one.sealed.commitment,
                    one.likeness,
                    encrypted(one.key, one.key.owner, one.sealed),
                )
                for one in people
            ],
            "(%s, (select coalesce(max(version), 0) + 1 from vault.person where subject = %s), %s, %s, %s)",
        )


def alike(connection: Connection, likenesses: Collection[bytes], but: str) -> list[str]:
    """Everybody else of whom a record has one of the likenesses: perhaps the same person under another number."""
    return list(
        connection.execute(
            text(
                "select distinct subject::text from vault.person"
                " where likeness = any(:likenesses) and subject <> :but order by 1"
            ),
            {"likenesses": list(likenesses), "but": but},
        ).scalars()
    )


def submission_key(connection: Connection, store: KeyStore, submission: str) -> DataKey:
    """The key to what is kept of a submission; another one if it was erased. Raises RefusedError `vault_key_lost`."""
    slot = connection.execute(
        text("select slot from vault.file where submission = :submission"), {"submission": submission}
    ).scalar_one()
    if slot is not None:
        key = store.key(submission, slot)
        if key is None:
            raise RefusedError("vault_key_lost", owner=submission)
        return key
    (key,) = store.fresh([submission])
    connection.execute(
        text("update vault.file set slot = :slot where submission = :submission"),
        {"slot": key.slot, "submission": submission},
    )
    return key


def add_comment(connection: Connection, store: KeyStore, submission: str, comment: str) -> bytes:
    """Keep the words with which a return was given back; the commitment that its event carries."""
    sealed = seal(submission, comment.encode())
    key = submission_key(connection, store, submission)
    connection.execute(
        text("insert into vault.comment (submission, sealed) values (:submission, :sealed)"),
        {"submission": submission, "sealed": encrypted(key, submission, sealed)},
    )
    return sealed.commitment


def comment(connection: Connection, store: KeyStore, submission: str) -> str | None:
    """The words with which a return was given back; None where there are none, or no more."""
    row = connection.execute(
        text(
            "select c.submission::text, f.slot, c.sealed from vault.comment c join vault.file f using (submission)"
            " where c.submission = :submission and c.sealed is not null and f.slot is not null"
        ),
        {"submission": submission},
    ).one_or_none()
    if row is None or (key := store.key(row.submission, row.slot)) is None:
        return None
    try:
        return decrypted(key, row.submission, row.sealed).content.decode()
    except (Unreadable, UnicodeDecodeError):
        return None


def cells(content: bytes) -> Mapping[str, str | None]:
    """The cells of a row, by column."""
    return msgspec.json.decode(content, type=dict[str, str | None])


def read_person(
    connection: Connection,
    store: KeyStore,
    subject: str,
    reader: str,
    purpose: str,
    by: str,
    commitment: str | None = None,
) -> Person | None:
    """A person's record with a commitment, or else the newest, for a person to see; None once erased.

    The database hands out what is sealed only together with a record of the reading, `by` an actor: who, when, whose,
    why. That is appended to the log, so this must be called under READ COMMITTED, and last in its transaction.
    """
    slot = connection.execute(text("select slot from vault.subject where subject = :s"), {"s": subject}).scalar()
    key = None if slot is None else store.key(subject, slot)
    if key is None:
        return None
    rows = connection.execute(
        text("select commitment, sealed from events.record_reading(:subject, :reader, :purpose, :by)"),
        {"subject": subject, "reader": reader, "purpose": purpose, "by": by},
    ).all()
    if not rows:
        return None
    row = next((one for one in rows if bytes(one.commitment).hex() == commitment), rows[-1])
    try:
        return person_of(decrypted(key, subject, row.sealed).content)
    except Unreadable:
        raise RefusedError("vault_unreadable", owner=subject) from None


def person_of(content: bytes) -> Person:
    """A person's record from its canonical bytes."""
    return Person(**msgspec.json.decode(content, type=dict[str, str]))
