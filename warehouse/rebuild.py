"""Rebuilding the warehouse from the log, blue/green: a second set of tables is filled, compared, and put in place.

Readers are never blocked and never see a mixture: they read the old set until the two schemas, and those of the views
over them, are renamed in one transaction. An interrupted rebuild leaves a half-filled second set, which the next one
throws away.
"""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, text

from warehouse import tables, views
from warehouse.projections import project
from warehouse.rights import roles

LIVE, NEXT, OLD = "warehouse", "warehouse_next", "warehouse_old"
VIEWS, VIEWS_NEXT, VIEWS_OLD = views.SCHEMA, f"{views.SCHEMA}_next", f"{views.SCHEMA}_old"


@dataclass(frozen=True)
class Rebuilt:
    """The position of the new tables, and those tables whose content differs from what was live (normally none)."""

    position: int
    differing: tuple[str, ...]


def rebuild(engine: Engine, progress: Callable[[int, int], None] = lambda done, of: None) -> Rebuilt:
    """Fill new tables from the log and swap them in; `progress` hears the position reached and the head."""
    with engine.connect() as connection:
        connection.execute(text("select pg_advisory_lock(hashtext('rebuild'))"))
        connection.commit()
        try:
            _make(connection)
            more = True
            while more:
                with connection.begin():
                    reached, more = _project(connection, NEXT)
                    head = connection.exec_driver_sql("select position from events.head").scalar_one()
                progress(reached, head)
            with connection.begin():
                result = _compare_and_swap(connection)
            with connection.begin():
                # On its own, since it has to wait for readers who are still in the old tables.
                views.drop(connection, VIEWS_OLD)
                connection.execute(text(f"drop schema {OLD} cascade"))
            return result
        finally:
            connection.rollback()
            connection.execute(text("select pg_advisory_unlock(hashtext('rebuild'))"))
            connection.commit()


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
        for schema in (VIEWS_NEXT, VIEWS_OLD, NEXT, OLD):
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
    for schema, following, old in ((LIVE, NEXT, OLD), (VIEWS, VIEWS_NEXT, VIEWS_OLD)):
        connection.execute(text(f"alter schema {schema} rename to {old}"))
        connection.execute(text(f"alter schema {following} rename to {schema}"))
    return Rebuilt(reached, tuple(name for name in new if new[name] != live[name]))
