"""The digest of the whole warehouse as of a position: of every table how many rows, and a sum over hashes of each row.

Independent of the order of rows, of the ranges in which they were projected and of what was recorded since; of the
server only that it writes dates, numbers and texts as all do. One pass over each table.
"""

import hashlib
from typing import NamedTuple

from sqlalchemy import Connection, Table

from warehouse import tables


class Of(NamedTuple):
    """Of a table: how many rows, and the sums of the two halves of 32 hexadecimal digits of their SHA-256."""

    rows: int
    high: int
    low: int


_DIGEST = """
select count(*), coalesce(sum(('x' || left(hash, 16))::bit(64)::bigint::numeric), 0),
    coalesce(sum(('x' || substring(hash from 17 for 16))::bit(64)::bigint::numeric), 0)
from (
    select encode(sha256(convert_to(row({columns})::text, 'UTF8')), 'hex') as hash
    from {schema}.{table}
    where position <= {position}
) hashed
"""

_DECIDED = {
    *("unit", "period", "form", "form_version", "last"),
    *("decided_position", "decided_at", "valid", "previous", "rows"),
}
"""What a decision says of a submission; before it, its cover alone speaks."""


def of_tables(connection: Connection, schema: str, position: int) -> dict[str, Of]:
    """The digest of each table of a schema as of a position."""
    connection.exec_driver_sql("set local datestyle to 'ISO, YMD'")
    connection.exec_driver_sql("set local timezone to 'UTC'")
    found = {}
    for table in tables.metadata.sorted_tables:
        if table is tables.checkpoint:
            continue
        statement = _DIGEST.format(
            columns=", ".join(_as_of(table, column.name, position) for column in table.columns),
            schema=schema,
            table=table.name,
            position=position,
        )
        rows, high, low = connection.exec_driver_sql(statement).one()
        found[table.name] = Of(rows, int(high), int(low))
    return found


def whole(connection: Connection, schema: str, position: int) -> str:
    """The digest of all tables of a schema as of a position, 64 hexadecimal digits."""
    found = sorted(of_tables(connection, schema, position).items())
    lines = [f"{name} {rows} {high} {low}\n" for name, (rows, high, low) in found]
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def _as_of(table: Table, column: str, position: int) -> str:
    name = f'"{column}"'
    if column == "position_to":
        return f"case when position_to <= {position} then position_to end"
    if table is tables.submission and column in _DECIDED:
        return f"case when decided_position <= {position} then {name} end"
    return name
