"""Which databases are taken, how a session is set up, and what a failed connection is called."""

import pytest
from sqlalchemy import Engine, make_url, text

from events import database
from events.database import engine
from events.errors import NguonError, TransientError, UsageError

SECRET = "mat-khau-bi-mat"


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg2"])
def test_a_session_runs_in_utc_under_our_name(empty_database: Engine, scheme: str) -> None:
    address = empty_database.url.set(drivername=scheme).render_as_string(hide_password=False)
    opened = engine(address)
    with opened.connect() as session:
        query = "SELECT current_setting('timezone'), current_setting('application_name')"
        assert session.execute(text(query)).one() == ("UTC", "nguon")
    opened.dispose()


def test_options_in_the_url_stay(empty_database: Engine) -> None:
    opened = engine(
        empty_database.url.update_query_dict({"options": "-c statement_timeout=7s"}).render_as_string(
            hide_password=False
        )
    )
    with opened.connect() as session:
        query = "SELECT current_setting('timezone'), current_setting('statement_timeout')"
        assert session.execute(text(query)).one() == ("UTC", "7s")
    opened.dispose()


@pytest.mark.parametrize(
    "address", ["", "nguon", f"postgresql://me:{SECRET}@host:port/nguon", f"postgresql://me:{SECRET}@host"]
)
def test_what_is_no_address_is_a_usage_error_that_keeps_the_password(address: str) -> None:
    with pytest.raises(UsageError) as caught:
        engine(address)
    assert caught.value.key == "database_url_malformed"
    assert SECRET not in repr(caught.value)
    assert caught.value.__cause__ is None


@pytest.mark.parametrize("scheme", ["sqlite", "mysql+pymysql", "postgresql+asyncpg"])
def test_another_dialect_is_a_usage_error(scheme: str) -> None:
    with pytest.raises(UsageError) as caught:
        engine(f"{scheme}://me:{SECRET}@host/nguon")
    assert (caught.value.key, caught.value.details) == ("database_dialect", {"dialect": scheme})


def test_a_server_that_does_not_answer_is_transient_and_named_without_the_password() -> None:
    with pytest.raises(TransientError) as caught:
        engine(f"postgresql://me:{SECRET}@127.0.0.1:1/nguon").connect()
    assert caught.value.key == "database_unavailable"
    assert caught.value.details["host"] == "127.0.0.1"
    assert "refused" in str(caught.value.details["reason"])
    assert SECRET not in str(caught.value)


def test_a_session_that_is_cut_off_is_transient_and_the_next_one_works(empty_database: Engine) -> None:
    with empty_database.connect() as session, empty_database.connect() as other:
        backend = session.execute(text("SELECT pg_backend_pid()")).scalar_one()
        other.execute(text("SELECT pg_terminate_backend(:backend, 5000)"), {"backend": backend})
        with pytest.raises(TransientError) as caught:
            session.execute(text("SELECT 1"))
    assert caught.value.key == "database_lost"
    with empty_database.connect() as session:
        assert session.execute(text("SELECT 1")).scalar_one() == 1


def test_a_mistake_in_a_statement_is_not_called_unavailable(empty_database: Engine) -> None:
    with empty_database.connect() as session, pytest.raises(Exception, match="nowhere") as caught:
        session.execute(text("SELECT * FROM nowhere"))
    assert not isinstance(caught.value, NguonError)


def test_a_server_that_is_too_old_is_refused(empty_database: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "OLDEST_SERVER", 99)
    empty_database.dispose()
    with pytest.raises(NguonError) as caught:
        empty_database.connect()
    assert caught.value.key == "database_too_old"
    assert caught.value.details["oldest"] == 99


def test_a_database_that_is_not_utf8_is_refused(database_url: str) -> None:
    server = engine(database_url).execution_options(isolation_level="AUTOCOMMIT")
    with server.connect() as session:
        session.execute(text("DROP DATABASE IF EXISTS test_ascii"))
        session.execute(
            text("CREATE DATABASE test_ascii TEMPLATE template0 ENCODING 'SQL_ASCII' LOCALE_PROVIDER libc LOCALE 'C'")
        )
        try:
            address = make_url(database_url).set(database="test_ascii").render_as_string(hide_password=False)
            with pytest.raises(NguonError) as caught:
                engine(address).connect()
        finally:
            session.execute(text("DROP DATABASE test_ascii WITH (FORCE)"))
    server.dispose()
    assert (caught.value.key, caught.value.details) == ("database_encoding", {"encoding": "SQL_ASCII"})
