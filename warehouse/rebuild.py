"""Rebuilding the warehouse from the log, blue/green: a second set of tables is filled, compared, and put in place.

Readers are never blocked and never see a mixture: they read the old set until the two schemas, and those of the views
over them, are renamed in one transaction. An interrupted rebuild leaves a half-filled second set, which the next one
throws away.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import OperationalError

from events import turns
from warehouse import tables, views
from warehouse.projections import project
from warehouse.rights import roles

LIVE, NEXT, OLD = "warehouse", "warehouse_next", "warehouse_old"
VIEWS, VIEWS_NEXT, VIEWS_OLD = views.SCHEMA, f"{views.SCHEMA}_next", f"{views.SCHEMA}_old"
"""Schemas in place, being filled, and replaced; the names of replaced ones go on with a number of their own."""

TURN = "rebuild"

_PATIENCE = "5s"
"""How long to wait for readers who are still in replaced tables; then these stay until the next rebuild."""

_REPLACED = "select nspname from pg_namespace where nspname like any(%(like)s) order by nspname"


@dataclass(frozen=True)
class Rebuilt:
    """The position of the new tables, and those tables whose content differs from what was live (normally none)."""

    position: int
    differing: tuple[str, ...]


def rebuild(engine: Engine, progress: Callable[[int, int], None] = lambda done, of: None) -> Rebuilt:
    """Fill new tables from the log and swap them in; `progress` hears the position reached and the head."""
    with engine.connect() as connection, turns.held(connection, TURN):
        _make(connection)
        more = True
        while more:
            with connection.begin():
                reached, more = _project(connection, NEXT)
                head = connection.exec_driver_sql("select position from events.head").scalar_one()
            progress(reached, head)
        with connection.begin():
            result = _compare_and_swap(connection)
        # On its own, since it has to wait for readers who are still in the old tables.
        _drop_replaced(connection)
        return result


def digest(connection: Connection, schema: str) -> dict[str, tuple[int, int]]:
    """For each table the number of rows and a sum over hashes of their content, whatever their order.

    The hash of a row is hashed again: by itself it is a sum over its columns, blind to values that change rows.
    """
    found = {}
    for table in tables.metadata.sorted_tables:
        row = connection.exec_driver_sql(
            "select count(*), coalesce(sum(hashint8extended(hash_record_extended(t, 0), 0)::numeric), 0)"
            f" from {schema}.{table.name} t"
        ).one()
        found[table.name] = (row[0], int(row[1]))
    return found


def _make(connection: Connection) -> None:
    with connection.begin():
        for schema in (VIEWS_NEXT, NEXT):
            connection.execute(text(f"drop schema if exists {schema} cascade"))
        connection.execute(text(f"create schema {NEXT}"))
        connection.execute(text(f"set local search_path to {NEXT}"))
        tables.metadata.create_all(connection, checkfirst=False)
        views.create(connection, VIEWS_NEXT)
        roles.hand_over(connection, (NEXT, VIEWS_NEXT), VIEWS_NEXT)


def _project(connection: Connection, schema: str, limit: int | None = None) -> tuple[int, bool]:
    connection.execute(text(f"set local search_path to {schema}"))
    return project.project_range(connection, limit)


def _project_up_to(connection: Connection, schema: str, limit: int | None) -> int:
    """Project to `limit` or the head; from the first range on nobody else moves these tables in this transaction."""
    while True:
        reached, more = _project(connection, schema, limit)
        if not more:
            return reached


def _compare_and_swap(connection: Connection) -> Rebuilt:
    reached = _project_up_to(connection, LIVE, None)
    _project_up_to(connection, NEXT, reached)
    live, new = digest(connection, LIVE), digest(connection, NEXT)
    number = connection.exec_driver_sql("select pg_current_xact_id()::text").scalar_one()
    for schema, following, old in ((LIVE, NEXT, OLD), (VIEWS, VIEWS_NEXT, VIEWS_OLD)):
        connection.execute(text(f"alter schema {schema} rename to {old}_{number}"))
        connection.execute(text(f"alter schema {following} rename to {schema}"))
    return Rebuilt(reached, tuple(name for name in new if new[name] != live[name]))


def _drop_replaced(connection: Connection) -> None:
    """Drop what was replaced, views first, but for what somebody goes on reading: nobody can stop a rebuild so."""
    with connection.begin():
        like = [f"{name}\\_%" for name in (VIEWS_OLD, OLD)]
        replaced = connection.exec_driver_sql(_REPLACED, {"like": like}).scalars().all()
    for schema in replaced:
        with suppress(OperationalError), connection.begin():
            connection.exec_driver_sql(f"set local lock_timeout = '{_PATIENCE}'")
            connection.execute(text(f"drop schema {schema} cascade"))
