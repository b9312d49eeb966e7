"""What SQL cannot see of the vault: roots over the rows of each workbook, and matches under the secret key."""

from collections.abc import Callable

import msgspec
from sqlalchemy import Connection

from events import vault
from events.checks import VerifyFailed
from events.proof.merkle import HASH_SIZE, root

_FILES = 32
"""Files in memory at a time."""

_ROOTS = """
select a.position, a.submission, a.rows, a.rows_root, r.leaves, coalesce(r.gapless, true) as gapless
from (
    select position, submission, rows, rows_root
    from events.event, json_to_record(body -> 'data') as data (submission text, rows bigint, rows_root text)
    where type = 'SubmissionFoundValid'
) a
left join (
    select submission::text,
        string_agg(
            sha256('\\x00'::bytea || convert_to(sheet || '!' || row, 'UTF8') || '\\x00'::bytea || commitment), ''::bytea
            order by number
        ) as leaves,
        min(number) = 0 and max(number) = count(*) - 1 as gapless
    from vault.row
    group by submission
) r using (submission)
order by a.position
"""


def verify_roots(connection: Connection) -> None:
    """Raise `VerifyFailed` (`rows_root`) for the first workbook whose rows are not those that were accepted."""
    for row in connection.exec_driver_sql(_ROOTS, execution_options={"yield_per": 200}):
        joined = bytes(row.leaves or b"")
        leaves = [joined[at : at + HASH_SIZE] for at in range(0, len(joined), HASH_SIZE)]
        if len(leaves) != row.rows or not row.gapless or root(leaves).hex() != row.rows_root:
            raise VerifyFailed("rows_root", submission=row.submission, position=row.position)


def verify_matches(connection: Connection, key: bytes, progress: Callable[[int, int], None]) -> None:
    """Raise `VerifyFailed` (`subject_changed`, `fingerprint_changed`) for what is not the match of its content."""
    streamed = {"yield_per": _FILES}
    people = connection.exec_driver_sql(
        "select subject::text, match, content from vault.person join vault.subject using (subject)"
        " where content is not null order by subject, version",
        execution_options=streamed,
    )
    for row in people:
        identity = msgspec.json.decode(row.content, type=dict[str, str])["identity"]
        if vault.match(key, identity.encode()) != bytes(row.match):
            raise VerifyFailed("subject_changed", subject=row.subject)
    count = connection.exec_driver_sql("select count(*) from vault.file where content is not null").scalar_one()
    kept = connection.exec_driver_sql(
        "select submission::text, fingerprint, content from vault.file where content is not null order by submission",
        execution_options=streamed,
    )
    for done, row in enumerate(kept, start=1):
        if vault.match(key, row.content) != bytes(row.fingerprint):
            raise VerifyFailed("fingerprint_changed", submission=row.submission)
        progress(done, count)
