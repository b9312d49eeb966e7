"""Roots over the rows of each workbook: they hold without any key, since commitments stay when content is erased."""

from collections.abc import Iterator

from sqlalchemy import Connection

from events.checks import Fault, at_most
from events.proof.merkle import HASH_SIZE, root

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
