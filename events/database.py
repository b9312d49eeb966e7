"""The door to a PostgreSQL: which URLs are taken, how a session is set up, what a failed connection is called."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

import psycopg2.extensions
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, ExceptionContext, make_url
from sqlalchemy.exc import ArgumentError, OperationalError

from events.errors import NguonError, TransientError, UsageError

OLDEST_SERVER = 15
CONNECT_TIMEOUT = 10  # seconds

_PATIENT = "-c jit=off -c lock_timeout=0 -c statement_timeout=0 -c idle_in_transaction_session_timeout=0"
"""The program waits as long as it takes, in steps that can be interrupted; the database makes others hurry."""


def engine(url: str, schema: str = "warehouse") -> Engine:
    """An engine for the PostgreSQL at `url` (`postgresql://`, `postgres://` or `postgresql+psycopg2://`).

    Sessions run in UTC under the name `nguon`; names without a schema are looked up in `schema`, then in `public`.
    Nothing is connected yet. Raises UsageError `database_url_malformed` or `database_dialect` at once; later, whoever
    connects gets TransientError `database_unavailable` when the server does not answer, and NguonError
    `database_too_old` or `database_encoding` when it cannot serve; whoever is connected when it goes away gets
    TransientError `database_lost`.
    """
    place = _place(url)
    made = create_engine(
        place,
        pool_pre_ping=True,
        connect_args={
            "connect_timeout": CONNECT_TIMEOUT,
            "application_name": "nguon",
            "options": f"{_PATIENT} {place.query.get('options', '')} -c timezone=UTC -c search_path={schema},public",
        },
    )
    event.listen(made, "connect", _check_server)
    event.listen(made, "handle_error", _name_failure)
    return made


def host(url: URL) -> str:
    """The server's name or socket folder as a person may see it: no user, no password."""
    name = url.host or url.query.get("host", "localhost")
    return name if isinstance(name, str) else ", ".join(name)


def _place(url: str) -> URL:
    try:
        place = make_url(url)
    except (ArgumentError, ValueError):
        # The cause would print the URL, and with it the password.
        raise UsageError("database_url_malformed") from None
    if place.drivername not in ("postgres", "postgresql", "postgresql+psycopg2"):
        raise UsageError("database_dialect", dialect=place.drivername)
    if not place.database:
        raise UsageError("database_url_malformed")
    return place.set(drivername="postgresql+psycopg2")


def _check_server(connection: Any, _record: object) -> None:
    if connection.server_version < OLDEST_SERVER * 10_000:
        found = connection.get_parameter_status("server_version")
        raise NguonError("database_too_old", version=found, oldest=OLDEST_SERVER)
    if (encoding := connection.get_parameter_status("server_encoding")) != "UTF8":
        raise NguonError("database_encoding", encoding=encoding)


def _name_failure(failure: ExceptionContext) -> None:
    if failure.is_pre_ping or failure.engine is None:
        return
    if failure.connection is None and isinstance(failure.sqlalchemy_exception, OperationalError):
        place = host(failure.engine.url)
        raise TransientError("database_unavailable", host=place, reason=_first_line(failure.original_exception))
    if failure.is_disconnect:
        raise lost(failure.original_exception)


def lost(failure: BaseException) -> TransientError:
    """What to say of a connection that broke off in the middle of the work."""
    return TransientError("database_lost", reason=_first_line(failure))


def _first_line(failure: BaseException) -> str:
    # Of what is said about a connection, that holds no values; a context below it may.
    return str(failure).partition("\n")[0]


def cursor_of(connection: Connection) -> psycopg2.extensions.cursor:
    """A bare psycopg2 cursor in the transaction of `connection`, for COPY and for sets of values."""
    if not connection.in_transaction():
        # SQLAlchemy does not see what a bare cursor does: without this, the caller's commit would do nothing.
        connection.begin()
    return cast(psycopg2.extensions.cursor, connection.connection.cursor())


def filled(connection: Connection, statement: str, places: Mapping[str, object] | Sequence[object]) -> str:
    """A statement as text, its places filled, for those who can hand on no parameters."""
    written: bytes = cursor_of(connection).mogrify(statement, places)
    return written.decode()


def streamed(connection: Connection, statement: str, places: Mapping[str, Any]) -> Iterator[Any]:
    """The rows of a query as they are asked for, so that many of them need no more memory than a few.

    Must be called in a transaction, and the rows read before it ends.
    """
    # Else it would be planned for whoever looks at the first tenth only.
    connection.exec_driver_sql("set local cursor_tuple_fraction = 1")
    yield from connection.exec_driver_sql(statement, places, execution_options={"yield_per": 5_000})
