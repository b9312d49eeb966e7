"""A database says what it is: empty, of this version, or of another."""

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, text

from events.errors import TerminalError
from warehouse import migrate


def test_the_names_of_the_migrations_tell_what_alembic_would() -> None:
    script = ScriptDirectory(str(migrate.MIGRATIONS))
    assert migrate.revisions() == [revision.revision for revision in script.walk_revisions()][::-1]


def test_an_empty_database_is_asked_to_be_made_and_then_is_current(empty_database: Engine) -> None:
    with empty_database.connect() as connection, pytest.raises(TerminalError) as empty:
        migrate.require_current(connection)
    assert empty.value.key == "database_empty"
    migrate.upgrade(empty_database)
    with empty_database.connect() as connection:
        migrate.require_current(connection)


def test_a_database_of_a_newer_version_is_left_alone(fresh_database: Engine) -> None:
    with fresh_database.begin() as connection:
        connection.execute(text("update public.migration set version_num = '9999'"))
        with pytest.raises(TerminalError) as ahead:
            migrate.require_current(connection)
    with pytest.raises(TerminalError) as refused:
        migrate.upgrade(fresh_database)
    assert ahead.value.key == refused.value.key == "database_ahead"
