"""Bringing a database up to date, and telling whether it is; only ever forwards."""

from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from psycopg2 import errorcodes
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import IntegrityError, OperationalError, ProgrammingError

from events.errors import TerminalError
from events.log import tables as log_tables
from events.turns import is_lock_timeout
from events.vault import tables as vault_tables
from warehouse import issued, restoring, tables, views
from warehouse.rights import roles

if TYPE_CHECKING:
    from alembic.config import Config

METADATA = (log_tables.metadata, vault_tables.metadata, issued.metadata, tables.metadata)
SCHEMAS = ("events", "vault", "issued", "warehouse")

MIGRATIONS = Path(__file__).parent / "migrations"

_MIGRATION = """
create table if not exists public.migration (
    version_num varchar(32) not null, constraint migration_pkc primary key (version_num)
)
"""
"""Alembic's own table: it is there before anything else is, and nobody but an owner may lock it."""

_MADE_MEANWHILE = (errorcodes.UNIQUE_VIOLATION, errorcodes.DUPLICATE_TABLE)


def upgrade(engine: Engine) -> None:
    """Create or migrate the database and settle its roles; a second process waits for the first. Safe to repeat.

    Raises TerminalError `database_ahead` when a newer version of the program has migrated it.
    """
    from alembic import command

    with engine.connect() as connection, _alone(engine):
        found = _found(connection)
        if found is not None and found not in revisions():
            raise TerminalError("database_ahead", revision=found)
        for schema in SCHEMAS:
            connection.execute(text(f"create schema if not exists {schema}"))
        connection.commit()
        connection.execute(text("set search_path to warehouse, public"))
        try:
            if found != revisions()[-1]:
                # A table cannot change under a view; a new revision comes with the views that belong to it.
                views.drop(connection)
                command.upgrade(_config(connection), "head")
                views.create(connection)
            connection.commit()
            # Not in a revision: an administrator may have made the roles since, or a dump may have come without them.
            restoring.restore(connection)
            roles.settle(connection, SCHEMAS)
            connection.commit()
        finally:
            connection.rollback()
            connection.execute(text("reset search_path"))
            connection.commit()


@contextmanager
def _alone(engine: Engine) -> Iterator[None]:
    """One process migrates at a time. Asked again each second, since waiting there would not let a Ctrl-C through."""
    with engine.connect() as keeping:
        while True:
            try:
                keeping.exec_driver_sql("set local lock_timeout = '1s'")
                if keeping.exec_driver_sql("select to_regclass('public.migration')").scalar() is None:
                    keeping.exec_driver_sql(_MIGRATION)
                    keeping.commit()
                    continue
                keeping.exec_driver_sql("lock table public.migration in share update exclusive mode")
                break
            except OperationalError as failure:
                keeping.rollback()
                if not is_lock_timeout(failure):
                    raise
            except (IntegrityError, ProgrammingError) as failure:
                keeping.rollback()
                if getattr(failure.orig, "pgcode", None) not in _MADE_MEANWHILE:
                    raise
        yield
        keeping.rollback()


def require_current(connection: Connection) -> None:
    """Raise TerminalError `database_empty`, `database_behind` or `database_ahead` unless migrated to this version."""
    found, known = _found(connection), revisions()
    if found is None:
        raise TerminalError("database_empty")
    if found != known[-1]:
        raise TerminalError("database_behind" if found in known else "database_ahead", revision=found)


def revisions() -> list[str]:
    """The revisions that this program knows, oldest first.

    Read from the names of the files: Alembic takes half a second to import.
    """
    return sorted(path.name.partition("_")[0] for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))


def _found(connection: Connection) -> str | None:
    """The revision that the database is at; None when it has none."""
    if connection.execute(text("select to_regclass('public.migration')")).scalar() is None:
        return None
    return connection.execute(text("select version_num from public.migration")).scalar()


def include(name: str | None, kind: str, _parents: MutableMapping[Any, Any]) -> bool:
    """Which names of the database Alembic compares: ours. The schema without a name is the first of the search path."""
    if kind == "schema":
        return name is None or name in SCHEMAS
    return not (kind == "table" and name == "migration")


def _config(connection: Connection) -> "Config":
    from alembic.config import Config

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    return config
