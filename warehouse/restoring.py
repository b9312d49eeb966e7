"""Putting back the guards of the log that somebody took away, from the files that made them."""

import re
from collections.abc import Iterator
from functools import cache
from itertools import chain
from pathlib import Path

from psycopg2 import errorcodes
from sqlalchemy import Connection
from sqlalchemy.exc import ProgrammingError

import events
from events.checks.guards import Difference, differences

_BEGINS = re.compile(
    r"(create function|create trigger|revoke execute|alter table \S+ enable always trigger)\s", re.IGNORECASE
)
_OVER = re.compile(r"\Acreate (function|trigger)\b")
_RIGHT = re.compile(r"(\w[\w ]*) on (schema|table|function) (.*?)(?: (\(\w+\)))? to (\S+)")
_UNWANTED = {
    "trigger": "drop trigger {1} on {0}",
    "constraint": "alter table {0} drop constraint {1}",
    "event trigger": "drop event trigger {0}",
}
"""What takes away a guard that the migration did not make, by its kind; what else was added is left to a person."""


def restore(connection: Connection) -> None:
    """Make functions, triggers, constraints and rights those of the migration, as far as this account may.

    Nothing happens where they are. What cannot be restored so, `nguon verify` tells.
    """
    found = list(differences(connection))
    if not found or not _may(connection):
        return
    statements = [statement for difference in found for statement in _undone(difference)]
    if any(difference.kind in ("function", "trigger") for difference in found):
        statements += _statements()
    for difference in found:
        if difference.kind == "constraint" and difference.made is not None:
            table, name = difference.name.split(" ", 1)
            statements.append(f"alter table {table} add constraint {name} {difference.made.said}")
    for statement in statements:
        _run(connection, statement)


def _run(connection: Connection, statement: str) -> None:
    """Run a statement, if this account may."""
    try:
        with connection.begin_nested():
            connection.exec_driver_sql(statement.replace("%", "%%"))
    except ProgrammingError as failure:
        if getattr(failure.orig, "pgcode", None) != errorcodes.INSUFFICIENT_PRIVILEGE:
            raise


def _may(connection: Connection) -> bool:
    return bool(
        connection.exec_driver_sql(
            "select pg_has_role(nspowner, 'USAGE') from pg_namespace where nspname = 'events'"
        ).scalar_one()
    )


def _undone(difference: Difference) -> Iterator[str]:
    """What takes away a guard that is other than it is to be."""
    if difference.found is None:
        return
    if difference.kind == "right":
        if right := _RIGHT.fullmatch(difference.name):
            privilege, kind, what, column, whom = right.groups()
            yield f"revoke {privilege}{' ' + column if column else ''} on {kind} {what} from {whom}"
    elif difference.kind in _UNWANTED and (difference.kind == "constraint" or difference.made is None):
        yield _UNWANTED[difference.kind].format(*difference.name.split(" ", 1))


@cache
def _statements() -> list[str]:
    """The statements of the log's and the vault's files that make functions and triggers, to run over what is there."""
    rooms = [Path(events.__file__).parent / room / "sql" for room in ("log", "vault")]
    files = [file for room in rooms for file in sorted(room.glob("*.sql"))]
    statements = chain.from_iterable(_split(file.read_text(encoding="utf-8")) for file in files)
    return [_OVER.sub(r"create or replace \1", each) for each in statements if _BEGINS.match(each)]


def _split(script: str) -> Iterator[str]:
    """The statements of a file: each ends with a semicolon outside the `$$` of a function's body."""
    statement = ""
    for at, part in enumerate(script.split("$$")):
        if at % 2:
            statement += f"$${part}$$"
            continue
        lines = "\n".join(line for line in part.split("\n") if not line.lstrip().startswith("--"))
        *ended, rest = lines.split(";")
        for end in ended:
            yield (statement + end).strip()
            statement = ""
        statement += rest
