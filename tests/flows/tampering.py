"""What somebody with all rights over the database could do to a row, past every trigger and foreign key."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ARRAY, Connection, Table, Uuid
from sqlalchemy.types import BigInteger, Boolean, DateTime, Integer, LargeBinary, SmallInteger, Text

from events.log import tables as log_tables
from events.vault import tables as vault_tables
from warehouse import issued

WITHOUT_RECORD = {
    "events.skew": "it has a row only once the server's clock was set back",
    "events.turn": "its rows are locked and hold nothing",
    "vault.condemned": "it has a row only while an erasure is cut off",
}

TABLES: dict[str, Table] = {
    table.fullname: table
    for metadata in (log_tables.metadata, vault_tables.metadata, issued.metadata)
    for table in metadata.tables.values()
    if table.fullname not in WITHOUT_RECORD
}

CHANGED: dict[type[Any], str] = {
    BigInteger: "{c} + 1000000",
    Integer: "{c} + 1000000",
    SmallInteger: "{c} + 7",
    Text: "'x' || {c}",
    LargeBinary: "set_byte({c}, 0, 255 - get_byte({c}, 0))",
    Boolean: "not {c}",
    ARRAY: "{c} || 7::bigint",
    DateTime: "{c} + interval '1 second'",
    Uuid: "'01a20000-0000-7000-8000-000000000000'",
}
"""Another value, by the type of a column."""


def unlock(connection: Connection) -> None:
    """Take triggers, foreign keys and checks out of the way, within the transaction."""
    for name in TABLES:
        connection.exec_driver_sql(f"alter table {name} disable trigger user")
    guards = connection.exec_driver_sql(
        "select conrelid::regclass::text, conname from pg_constraint"
        " where contype in ('f', 'c') and connamespace::regnamespace::text in ('events', 'vault', 'issued')"
    ).all()
    for table, constraint in guards:
        connection.exec_driver_sql(f"alter table {table} drop constraint {constraint}")
    connection.exec_driver_sql("alter table events.event alter column leaf_hash drop expression")
    connection.exec_driver_sql("alter table vault.person alter column kept drop expression")


def change(connection: Connection, table: str, column: str, *, last: bool) -> None:
    """Change one value in the first or last row that has one."""
    kind = type(TABLES[table].c[column].type)
    if kind is Text or kind is LargeBinary or kind in CHANGED:
        other = CHANGED[kind].format(c=column)
    else:
        other = f'replace({column}::text, \'"at":"20\', \'"at":"19\')::json'
    one = _one(connection, table, f"{column} is not null", last=last)
    affected(connection, f"update {table} set {column} = {other} where ctid = %(one)s", one=one)


def empty(connection: Connection, table: str, column: str) -> None:
    """Make one value null."""
    one = _one(connection, table, f"{column} is not null", last=False)
    affected(connection, f"update {table} set {column} = null where ctid = %(one)s", one=one)


def delete(connection: Connection, table: str, *, last: bool) -> None:
    """Delete the first or last row."""
    affected(connection, f"delete from {table} where ctid = %(one)s", one=_one(connection, table, "true", last=last))


def swap(connection: Connection, table: str) -> None:
    """Let the first and the last row change places: each keeps its key and gets all else of the other."""
    keys = [column.name for column in TABLES[table].primary_key]
    rest = [column.name for column in TABLES[table].columns if column.name not in keys]
    first, last = (_one(connection, table, "true", last=last) for last in (False, True))
    assert first != last, f"{table} needs two rows"
    unique = connection.exec_driver_sql(
        "select conname from pg_constraint where conrelid = %(table)s::regclass and contype = 'u'", {"table": table}
    ).scalars()
    for constraint in list(unique):
        connection.exec_driver_sql(f"alter table {table} drop constraint {constraint}")
    assignments = ", ".join(f"{column} = other.{column}" for column in rest)
    affected(
        connection,
        f"update {table} as one set {assignments} from {table} as other"
        " where one.ctid in (%(first)s, %(last)s) and other.ctid in (%(first)s, %(last)s) and one.ctid <> other.ctid",
        rows=2,
        first=first,
        last=last,
    )


def insert(connection: Connection, table: str) -> None:
    """Put a copy of the last row in, under a key of its own."""
    keys: Sequence[str] = [column.name for column in TABLES[table].primary_key]
    others = {column.name for column in TABLES[table].columns if column.unique} | set(keys[:1])
    others |= {"stream", "number"} & set(TABLES[table].columns.keys())
    values = ", ".join(
        CHANGED[type(column.type)].format(c=column.name) if column.name in others else column.name
        for column in TABLES[table].columns
    )
    one = _one(connection, table, "true", last=True)
    affected(connection, f"insert into {table} select {values} from {table} where ctid = %(one)s", one=one)


def affected(connection: Connection, statement: str, rows: int = 1, **values: object) -> None:
    """Run a statement that must touch so many rows."""
    assert connection.exec_driver_sql(statement, values).rowcount == rows, statement


def _one(connection: Connection, table: str, where: str, *, last: bool) -> object:
    order = ", ".join(f"{column.name} {'desc' if last else 'asc'}" for column in TABLES[table].primary_key)
    found = connection.exec_driver_sql(
        f"select ctid::text from {table} where {where} order by {order} limit 1"
    ).scalar()
    assert found is not None, f"{table} needs a row"
    return found
