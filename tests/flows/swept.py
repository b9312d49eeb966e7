"""What somebody with all rights could do to any row of any table, found through the catalogue: new tables as well."""

import random
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from sqlalchemy import Connection

OTHER = {
    "int2": "{c} + 1",
    "int4": "{c} + 1",
    "int8": "{c} + 1",
    "text": "'x' || {c}",
    "varchar": "'x' || {c}",
    "bytea": "case length({c}) when 0 then '\\x00' else set_byte({c}, 0, 255 - get_byte({c}, 0)) end",
    "bool": "not {c}",
    "date": "{c} + 1",
    "timestamptz": "{c} + interval '1 second'",
    "interval": "{c} + interval '1 second'",
    "uuid": "'01a20000-0000-7000-8000-000000000000'::uuid",
    "json": """replace({c}::text, '"at":"20', '"at":"19')::json""",
    "jsonb": "jsonb_build_array({c})",
    "_int8": "{c} || 7::bigint",
}
"""Another value, by the type of a column."""

SOME = {
    "int2": "1",
    "int4": "1",
    "int8": "1",
    "text": "'x'",
    "varchar": "'x'",
    "bytea": "'\\x00'::bytea",
    "bool": "true",
    "date": "date '2025-01-01'",
    "timestamptz": "timestamptz '2025-01-01 00:00Z'",
    "uuid": "'01a20000-0000-7000-8000-000000000000'::uuid",
    "jsonb": "'[]'::jsonb",
    "_int8": "array[1::bigint]",
}
"""A value where there is none."""

TABLES = """
select n.nspname || '.' || c.relname as name, a.attname as column, t.typname as type, not a.attnotnull as nullable,
    coalesce(a.attnum = any(k.conkey), false) as key
from pg_class c
join pg_namespace n on n.oid = c.relnamespace
join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
join pg_type t on t.oid = a.atttypid
left join pg_constraint k on k.conrelid = c.oid and k.contype = 'p'
where c.relkind in ('r', 'p') and n.nspname !~ '^(pg_|information_schema$)'
order by 1, a.attnum
"""

CONSTRAINTS = """
select conrelid::regclass::text as table, quote_ident(conname) as name
from pg_constraint
where contype in ('c', 'f', 'u', 'p') and connamespace::regnamespace::text !~ '^(pg_|information_schema$)'
order by contype = 'p', contype = 'u', 1, 2
"""


class Field(NamedTuple):
    """A column of a table."""

    name: str
    type: str
    nullable: bool
    key: bool


class Case(NamedTuple):
    """One thing that is done to a table: to a `column`, or to a whole row."""

    table: str
    act: str
    column: str = ""


def tables(connection: Connection) -> dict[str, list[Field]]:
    """The columns of every table that is not the server's own, by the table's full name."""
    found: dict[str, list[Field]] = {}
    for row in connection.exec_driver_sql(TABLES):
        found.setdefault(row.name, []).append(Field(row.column, row.type, row.nullable, row.key))
    return found


def unlock(connection: Connection, names: Sequence[str]) -> None:
    """Take triggers and constraints out of the way, within the transaction."""
    for name in names:
        connection.exec_driver_sql(f"alter table {name} disable trigger all")
    for row in connection.exec_driver_sql(CONSTRAINTS).all():
        connection.exec_driver_sql(f"alter table {row.table} drop constraint if exists {row.name} cascade")
    connection.exec_driver_sql("alter table events.event alter column leaf_hash drop expression")
    connection.exec_driver_sql("alter table vault.person alter column kept drop expression")


def cases(found: dict[str, list[Field]]) -> Iterator[Case]:
    """Everything that is done to each table."""
    for table, fields in found.items():
        for field in fields:
            yield Case(table, "changed", field.name)
            if field.nullable:
                yield Case(table, "emptied", field.name)
                yield Case(table, "filled", field.name)
        for act in ("deleted", "inserted", "swapped"):
            yield Case(table, act)


def do(connection: Connection, case: Case, fields: Sequence[Field], chance: random.Random) -> bool:
    """Do it to some row, or to two; False where there is no such row."""
    table, column = case.table, f'"{case.column}"'
    kinds = {field.name: field.type for field in fields}
    rest = [f'"{field.name}"' for field in fields if not field.key]
    run = connection.exec_driver_sql
    match case.act:
        case "changed":
            other = OTHER[kinds[case.column]].format(c=column)
            some = _rows(connection, table, f"{column} is not null and ({other})::text <> {column}::text", 1, chance)
            done = some and run(f"update {table} set {column} = {other} where ctid = '{some[0]}'")
        case "emptied":
            some = _rows(connection, table, f"{column} is not null", 1, chance)
            done = some and run(f"update {table} set {column} = null where ctid = '{some[0]}'")
        case "filled":
            some = _rows(connection, table, f"{column} is null", 1, chance)
            done = some and run(f"update {table} set {column} = {SOME[kinds[case.column]]} where ctid = '{some[0]}'")
        case "deleted":
            some = _rows(connection, table, "true", 1, chance)
            done = some and run(f"delete from {table} where ctid = '{some[0]}'")
        case "inserted":
            some = _rows(connection, table, "true", 1, chance)
            key = next((field.name for field in fields if field.key), fields[0].name)
            values = ", ".join(
                OTHER[field.type].format(c=f'"{field.name}"') if field.name == key else f'"{field.name}"'
                for field in fields
            )
            done = some and run(f"insert into {table} select {values} from {table} where ctid = '{some[0]}'")
        case "swapped":
            if not rest:
                return False
            some = _rows(connection, table, "true", 2, chance, ", ".join(rest))
            if len(some) < 2:
                return False
            assignments = ", ".join(f"{name} = other.{name}" for name in rest)
            done = run(
                f"update {table} as one set {assignments} from {table} as other where one.ctid in ('{some[0]}',"
                f" '{some[1]}') and other.ctid in ('{some[0]}', '{some[1]}') and one.ctid <> other.ctid"
            )
    return bool(done)


def _rows(
    connection: Connection, table: str, where: str, count: int, chance: random.Random, differing: str = "ctid"
) -> list[str]:
    """Some rows (their ctid), which differ in what is named."""
    found = connection.exec_driver_sql(
        f"select min(ctid)::text as one from {table} where {where} group by {_groupable(differing)}"
        f" order by md5(min(ctid)::text || '{chance.random()}') limit {count}"
    )
    return [row.one for row in found]


def _groupable(names: str) -> str:
    return f"row({names})::text" if names != "ctid" else "ctid"
