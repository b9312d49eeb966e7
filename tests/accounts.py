"""Accounts of the server for tests: made, logged in with, and gone afterwards."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

from sqlalchemy import Engine
from sqlalchemy.engine import URL

from events.database import engine


@contextmanager
def account(database: Engine, options: str = "") -> Iterator[URL]:
    """A new account that may log in, as an address of the same database; `options` are those of CREATE ROLE."""
    name, password = f"test_{uuid4().hex}", uuid4().hex
    with database.begin() as connection:
        connection.exec_driver_sql(f"create role {name} login password '{password}' {options}")
    try:
        yield database.url.set(username=name, password=password)
    finally:
        with database.begin() as connection:
            connection.exec_driver_sql(f"reassign owned by {name} to current_user")
            connection.exec_driver_sql(f"drop owned by {name}")
            connection.exec_driver_sql(f"drop role {name}")


def written(url: URL) -> str:
    """The address with its password."""
    return url.render_as_string(hide_password=False)


@contextmanager
def logged_in(url: URL) -> Iterator[Engine]:
    """An engine of ours for an account."""
    made = engine(written(url))
    try:
        yield made
    finally:
        made.dispose()


@contextmanager
def own_database(server: Engine, options: str = "") -> Iterator[tuple[str, Engine]]:
    """A database that belongs to an ordinary account, and that account's engine."""
    with account(server, options) as url:
        name = f"test_{uuid4().hex}"
        with server.connect().execution_options(isolation_level="AUTOCOMMIT") as session:
            session.exec_driver_sql(f"create database {name} owner {url.username} template template0 encoding 'UTF8'")
        try:
            with logged_in(url.set(database=name)) as made:
                yield str(url.username), made
        finally:
            with server.connect().execution_options(isolation_level="AUTOCOMMIT") as session:
                session.exec_driver_sql(f"drop database {name} with (force)")
