"""What SQL cannot see of the vault: roots over the rows of each workbook, and matches under the secret key."""

from collections.abc import Callable, Iterator
from itertools import groupby

import msgspec
from sqlalchemy import Connection

from events import vault
from events.checks import Fault, at_most
from events.proof.merkle import HASH_SIZE, root

_FILES = 32
"""Files in memory at a time."""

_ROOTS = """
select a.position, a.submission, a.rows, a.rows_root, r.leaves, coalesce(r.gapless, true) as gapless
from (
    select position, submission, rows, rows_root
    from {events}, json_to_record(body -> 'data') as data (submission text, rows bigint, rows_root text)
    where type = 'SubmissionFoundValid'
) a
left join (
    select submission::text,
        string_agg(
            sha256('\\x00'::bytea || convert_to(sheet || '!' || row, 'UTF8') || '\\x00'::bytea || commitment), ''::bytea
            order by number
        ) as leaves,
        min(number) = 0 and max(number) = count(*) - 1 and count(distinct number) = count(*) as gapless
    from vault.row
    group by submission
) r using (submission)
order by a.position
"""

_NUMBERED = """
select s.subject::text, s.match, p.contents, coalesce(f.matches, '{}') as former
from vault.subject s
join (
    select subject, array_agg(content order by version) as contents
    from vault.person
    where content is not null
    group by subject
) p using (subject)
left join (select subject, array_agg(match order by number) as matches from vault.former_match group by subject) f
    using (subject)
order by s.subject
"""
"""Grain: one row per person who was not erased: every record and every former match, oldest first."""


def verify_roots(connection: Connection, events: str) -> Iterator[Fault]:
    """Give a fault (`rows_root`) for each workbook whose rows are not those that were found valid.

    `events` is the relation of all events in the current versions of their types.
    """
    yield from at_most(_other_roots(connection, events), "roots")


def _other_roots(connection: Connection, events: str) -> Iterator[Fault]:
    for row in connection.exec_driver_sql(_ROOTS.format(events=events), execution_options={"yield_per": 200}):
        joined = bytes(row.leaves or b"")
        leaves = [joined[at : at + HASH_SIZE] for at in range(0, len(joined), HASH_SIZE)]
        if len(leaves) != row.rows or not row.gapless or root(leaves).hex() != row.rows_root:
            yield Fault("rows_root", {"submission": row.submission, "position": row.position})


def verify_matches(connection: Connection, key: bytes, progress: Callable[[int, int], None]) -> Iterator[Fault]:
    """Give a fault for what is not the match of its content.

    `subject_changed`, `fingerprint_changed`; and where a person's former matches are not those of the numbers that the
    records had before the last: `former_match_missing`, `former_match_unknown`, `former_match_lost`,
    `former_match_changed`.
    """
    yield from at_most(_other_matches(connection, key), "matches")
    yield from at_most(_other_fingerprints(connection, key, progress), "fingerprints")


def _other_matches(connection: Connection, key: bytes) -> Iterator[Fault]:
    for row in connection.exec_driver_sql(_NUMBERED, execution_options={"yield_per": _FILES}):
        try:
            numbers = [msgspec.json.decode(content, type=dict[str, str])["identity"] for content in row.contents]
        except (ValueError, KeyError):
            yield Fault("subject_changed", {"subject": row.subject})
            continue
        *former, now = (vault.match(key, number.encode()) for number, _ in groupby(numbers))
        if row.match is not None and now != bytes(row.match):
            yield Fault("subject_changed", {"subject": row.subject})
        yield from _other_former(row.subject, now, former, [match and bytes(match) for match in row.former])


def _other_fingerprints(connection: Connection, key: bytes, progress: Callable[[int, int], None]) -> Iterator[Fault]:
    count = connection.exec_driver_sql("select count(*) from vault.file where content is not null").scalar_one()
    kept = connection.exec_driver_sql(
        "select submission::text, fingerprint, content from vault.file where content is not null order by submission",
        execution_options={"yield_per": _FILES},
    )
    for done, row in enumerate(kept, start=1):
        if row.fingerprint is not None and vault.match(key, row.content) != bytes(row.fingerprint):
            yield Fault("fingerprint_changed", {"submission": row.submission})
        progress(done, count)


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
