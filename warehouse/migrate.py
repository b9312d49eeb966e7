"""Bringing a database up to date, and telling whether it is; only ever forwards."""

from collections.abc import MutableMapping
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

from events import log_tables, vault_tables
from events.errors import TerminalError
from warehouse import issued, tables

METADATA = (log_tables.metadata, vault_tables.metadata, issued.metadata, tables.metadata)
SCHEMAS = ("events", "vault", "issued", "warehouse")

_LOCK = 2164_2021
"""Key of the advisory lock that lets one process migrate at a time."""


def upgrade(engine: Engine) -> None:
    """Create or migrate the database; a second process waits for the first. Safe to repeat."""
    with engine.connect() as connection:
        connection.execute(text("select pg_advisory_lock(:key)"), {"key": _LOCK})
        connection.commit()
        try:
            for schema in SCHEMAS:
                connection.execute(text(f"create schema if not exists {schema}"))
            connection.commit()
            connection.execute(text("set search_path to warehouse, public"))
            command.upgrade(_config(connection), "head")
            connection.commit()
        finally:
            connection.rollback()
            connection.execute(text("select pg_advisory_unlock(:key)"), {"key": _LOCK})
            connection.execute(text("reset search_path"))
            connection.commit()


def require_current(connection: Connection) -> None:
    """Raise TerminalError `database_empty`, `database_behind` or `database_ahead` unless migrated to this version."""
    context = MigrationContext.configure(
        connection, opts={"version_table": "migration", "version_table_schema": "public"}
    )
    found = context.get_current_revision()
    script = ScriptDirectory.from_config(_config(connection))
    if found == script.get_current_head():
        return
    if found is None:
        raise TerminalError("database_empty")
    known = {revision.revision for revision in script.walk_revisions()}
    raise TerminalError("database_behind" if found in known else "database_ahead", revision=found)


def include(name: str | None, kind: str, _parents: MutableMapping[Any, Any]) -> bool:
    """Which names of the database Alembic compares: ours."""
    if kind == "schema":
        return name in SCHEMAS
    return not (kind == "table" and name == "migration")


def _config(connection: Connection) -> Config:
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    return config
