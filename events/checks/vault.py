"""Roots over the rows of each workbook: they hold without any key, since commitments stay when content is erased."""

from collections.abc import Iterator

from sqlalchemy import Connection

from events.checks import Fault, at_most
from events.proof.merkle import root
from events.vault.workbook import leaves_of

_ROOTS = """
select a.position, a.submission, a.rows, a.rows_root, w.leaves
from (
    select position, submission, rows, rows_root
    from {events}, json_to_record(body -> 'data') as data (submission uuid, rows bigint, rows_root text)
    where type = 'SubmissionFoundValid'
) a
left join vault.workbook w using (submission)
order by a.position
"""


def verify_roots(connection: Connection, events: str) -> Iterator[Fault]:
    """Give a fault (`rows_root`) for each workbook whose rows are not those that were found valid.

    `events` is the relation of all events in the current versions of their types.
    """
    yield from at_most(_other_roots(connection, events), "roots")


def _other_roots(connection: Connection, events: str) -> Iterator[Fault]:
    for row in connection.exec_driver_sql(_ROOTS.format(events=events), execution_options={"yield_per": 200}):
        leaves = leaves_of(bytes(row.leaves or b""))
        if len(leaves) != row.rows or root(leaves).hex() != row.rows_root:
            yield Fault("rows_root", {"submission": str(row.submission), "position": row.position})
