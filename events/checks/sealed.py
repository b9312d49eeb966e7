"""What is sealed in the vault, opened and held against what its event committed to; and what the keys say of it."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import groupby
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import Connection

from events import vault
from events.checks import Fault, at_most
from events.vault import mentions
from events.vault.content import open_file
from events.vault.keystore import KeyStore, Unreadable
from events.vault.seals import decrypted
from events.vault.workbook import leaves_of, open_rows

_Found = TypeVar("_Found")

_FILES = 32
"""Files in memory at a time."""

_MANY = 2_000
"""Small things in memory at a time."""

_PEOPLE = """
select s.subject::text, s.slot, s.match, p.version, p.commitment, p.likeness, p.sealed, f.matches as former
from vault.subject s
join vault.person p using (subject)
left join (select subject, array_agg(match order by number) as matches from vault.former_match group by subject) f
    using (subject)
where p.sealed is not null and s.slot is not null
order by s.subject, p.version
"""
"""Grain: one row per record of a person who was not erased, with every former match of the person, oldest first."""

_TOLD_OTHERWISE = """
select distinct subject::text from vault.person where kept is distinct from (sealed is not null) order by 1
"""

_KEPT_FILES = """
select f.submission::text, f.slot, f.sealed_name, f.sealed, f.fingerprint, e.position, e.commitment
from vault.file f
join (
    select position, (body #>> '{{data,submission}}')::uuid as submission, body #>> '{{data,commitment}}' as commitment
    from {events}
    where type = 'SubmissionReceived'
) e using (submission)
where f.slot is not null and f.sealed_name is not null and f.sealed is not null
order by e.position
"""

_WORKBOOKS = """
select w.submission::text, f.slot, w.leaves, w.sealed, e.submission is not null as erased
from vault.workbook w
left join vault.file f using (submission)
left join (
    select distinct submission::uuid
    from {events}, json_array_elements_text(body #> '{{data,submissions}}') as submission
    where type = 'SubjectErased'
) e using (submission)
where w.sealed is not null
order by w.submission
"""

_COMMENTS = """
select c.submission::text, f.slot, c.sealed, g.position, g.commitment
from vault.comment c
left join vault.file f using (submission)
join (
    select position, (body #>> '{{data,submission}}')::uuid as submission, body #>> '{{data,commitment}}' as commitment
    from {events}
    where type = 'SubmissionReturned'
) g using (submission)
where c.sealed is not null
order by g.position
"""

_MENTIONS = "select submission::text, source, words::text, mac from vault.mention order by 1, 2"

_ERASED = """
select distinct (body #>> '{{data,subject}}')::uuid::text from {events} where type = 'SubjectErased'
"""


class Matching(NamedTuple):
    """What matches are made with: the key, and how names are compared."""

    key: bytes
    fold: Callable[[str], str]


def verify_sealed(
    connection: Connection,
    events: str,
    store: KeyStore,
    matching: Matching | None = None,
    progress: Callable[[int, int], None] = lambda done, of: None,
) -> Iterator[Fault]:
    """Give a fault for what is sealed and is not what its event committed to.

    `key_lost` where the key of something that was not erased is gone, `key_not_destroyed` where that of somebody erased
    is still there; `file_changed`, `workbook_changed` (it does not open), `row_changed`, `row_lost`, `person_changed`,
    `comment_changed`. With `matching` also for what is not the match of its content: `subject_changed`,
    `likeness_changed`, `fingerprint_changed`; and where a person's former matches are not those of the numbers that the
    records had before the last: `former_match_missing`, `former_match_unknown`, `former_match_lost`,
    `former_match_changed`. `events` is the relation of all events in the current versions of their types.
    """
    for law, found in (
        ("persons", _other_people(connection, store, matching)),
        ("files", _other_files(connection, events, store, matching, progress)),
        ("rows", _other_rows(connection, events, store)),
        ("comments", _other_comments(connection, events, store)),
        ("erased_keys", _not_destroyed(connection, events, store)),
    ):
        yield from at_most(found, law)


def verify_mentions(connection: Connection, matching: bytes) -> Iterator[Fault]:
    """Give a fault (`mention_changed`) for each entry of the index of mentions that is not as it was written."""
    yield from at_most(_other_mentions(connection, matching), "mentions")


def may_open(connection: Connection) -> bool:
    """Whether this account may read what is sealed of people; an auditor may by `read_person` alone."""
    return bool(
        connection.exec_driver_sql("select has_column_privilege('vault.person', 'sealed', 'select')").scalar_one()
    )


def _other_people(connection: Connection, store: KeyStore, matching: Matching | None) -> Iterator[Fault]:
    for row in connection.exec_driver_sql(_TOLD_OTHERWISE):
        yield Fault("person_changed", {"subject": row.subject})
    for (subject, slot), grouped in groupby(_streamed(connection, _PEOPLE), lambda row: (row.subject, row.slot)):
        key = store.key(subject, slot)
        if key is None:
            yield Fault("key_lost", {"owner": subject})
            continue
        rows = list(grouped)
        opened = [_opened(partial(decrypted, key, subject), row.sealed) for row in rows]
        sound = [sealed for sealed in opened if sealed is not None]
        for row, sealed in zip(rows, opened, strict=True):
            if sealed is None or sealed.commitment != bytes(row.commitment):
                yield Fault("person_changed", {"subject": subject})
        if matching is not None and len(sound) == len(rows):
            yield from _other_matches(matching, subject, rows, [vault.person_of(sealed.content) for sealed in sound])


def _other_files(
    connection: Connection,
    events: str,
    store: KeyStore,
    matching: Matching | None,
    progress: Callable[[int, int], None],
) -> Iterator[Fault]:
    count = connection.exec_driver_sql("select count(*) from vault.file where sealed is not null").scalar_one()
    for done, row in enumerate(_streamed(connection, _KEPT_FILES.format(events=events), _FILES), start=1):
        file = open_file(store, row)
        if file is None and store.key(row.submission, row.slot) is None:
            yield Fault("key_lost", {"owner": row.submission})
        elif file is None or file[1].commitment.hex() != row.commitment:
            yield Fault("file_changed", {"submission": row.submission, "position": row.position})
        if file and matching and not _is_match(matching, file[1].content, row.fingerprint):
            yield Fault("fingerprint_changed", {"submission": row.submission})
        progress(done, count)


def _other_rows(connection: Connection, events: str, store: KeyStore) -> Iterator[Fault]:
    for row in _streamed(connection, _WORKBOOKS.format(events=events), _FILES):
        key = None if row.slot is None else store.key(row.submission, row.slot)
        if key is None:
            yield Fault("key_lost", {"owner": row.submission})
            continue
        rows, leaves = _opened(partial(open_rows, key), row.sealed), leaves_of(bytes(row.leaves))
        if rows is None or len(rows) != len(leaves):
            yield Fault("workbook_changed", {"submission": row.submission})
            continue
        for kept, leaf in zip(rows, leaves, strict=True):
            if (found := kept.leaf) == leaf or (found is None and row.erased):
                continue
            where = {"submission": row.submission, "sheet": kept.sheet, "row": kept.row}
            yield Fault("row_lost" if found is None else "row_changed", where)


def _other_comments(connection: Connection, events: str, store: KeyStore) -> Iterator[Fault]:
    for row in _streamed(connection, _COMMENTS.format(events=events)):
        key = None if row.slot is None else store.key(row.submission, row.slot)
        if key is None:
            yield Fault("key_lost", {"owner": row.submission})
            continue
        sealed = _opened(partial(decrypted, key, row.submission), row.sealed)
        if sealed is None or sealed.commitment.hex() != row.commitment:
            yield Fault("comment_changed", {"submission": row.submission, "position": row.position})


def _not_destroyed(connection: Connection, events: str, store: KeyStore) -> Iterator[Fault]:
    erased = set(connection.exec_driver_sql(_ERASED.format(events=events)).scalars())
    for _, owner in store.owners() if erased else ():
        if owner in erased:
            yield Fault("key_not_destroyed", {"owner": owner})


def _other_matches(
    matching: Matching, subject: str, rows: Sequence[Any], people: Sequence[vault.Person]
) -> Iterator[Fault]:
    """What is kept to know a person again, held against their records, oldest first."""
    for row, person in zip(rows, people, strict=True):
        likeness = vault.likeness(matching.key, matching.fold(person.name), person.birth_date)
        if row.likeness is not None and bytes(row.likeness) != likeness:
            yield Fault("likeness_changed", {"subject": subject})
    *former, now = (
        vault.match(matching.key, number.encode()) for number, _ in groupby(person.identity for person in people)
    )
    last = rows[-1]
    if last.match is not None and now != bytes(last.match):
        yield Fault("subject_changed", {"subject": subject})
    yield from _other_former(subject, now, former, [match and bytes(match) for match in last.former or ()])


def _is_match(matching: Matching, content: bytes, kept: bytes | None) -> bool:
    return kept is None or vault.match(matching.key, content) == bytes(kept)


def _other_former(subject: str, now: bytes, matches: list[bytes], kept: list[bytes | None]) -> Iterator[Fault]:
    """Former matches are kept in their order, each where it was left for the last time; one taken up again is null."""
    if len(kept) != len(matches):
        yield Fault(
            "former_match_missing" if len(kept) < len(matches) else "former_match_unknown", {"subject": subject}
        )
        return
    for number, (match, found) in enumerate(zip(matches, kept, strict=True), start=1):
        expected = None if match in (*matches[number:], now) else match
        if found != expected:
            yield Fault("former_match_lost" if found is None else "former_match_changed", {"subject": subject})


def _other_mentions(connection: Connection, matching: bytes) -> Iterator[Fault]:
    for row in _streamed(connection, _MENTIONS):
        if mentions.mac(matching, row.submission, row.source, row.words) != bytes(row.mac):
            yield Fault("mention_changed", {"submission": row.submission, "source": row.source})


def _opened(open_: Callable[[bytes], _Found], kept: bytes) -> _Found | None:
    try:
        return open_(kept)
    except Unreadable:
        return None


def _streamed(connection: Connection, statement: str, many: int = _MANY) -> Iterator[Any]:
    return iter(connection.exec_driver_sql(statement, execution_options={"yield_per": many}))
