"""What was told in an older version of its type is told in the current one, before any projection reads it."""

from sqlalchemy import Connection

from events.log.current import keep_upcast

_BRING_UP = "update told set data = (u.body -> 'data')::jsonb from upcast u where u.position = told.position"


def bring_up(connection: Connection, after: int, upto: int) -> None:
    """Let `told`, the events after < p <= upto, say of each what its type says today."""
    if keep_upcast(connection, after, upto):
        connection.exec_driver_sql(_BRING_UP)
