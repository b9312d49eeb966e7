"""What to do about an event that cannot be read: it is named, and passed over once somebody decided so on record."""

import msgspec
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from events.errors import NguonError, TerminalError
from events.log.recorded import UnknownEvent

STREAM = "quarantine-positions"
UNREADABLE = (NguonError, ValueError, TypeError, AttributeError, KeyError, RecursionError)
"""What decoding a body raises that is none of the log's."""

_DECIDED = "select body::text from events.event where type = 'PositionQuarantined' order by position"


def quarantined(connection: Connection) -> frozenset[int]:
    """The positions that are passed over."""
    found = set()
    for (body,) in connection.exec_driver_sql(_DECIDED):
        try:
            found.add(int(msgspec.json.decode(body)["data"]["position"]))
        except (ValueError, TypeError, KeyError):  # which is told as that event's own fault
            continue
    return frozenset(found)


def require_passed(connection: Connection, position: int, failure: Exception) -> None:
    """Raise TerminalError `event_poisoned` unless the position is passed over.

    An event of a type that this software does not know is told as that: a newer version knows it.
    """
    if position in quarantined(connection):
        return
    if isinstance(failure, UnknownEvent):
        raise failure
    raise TerminalError("event_poisoned", position=position) from None


def of_data(failure: DBAPIError) -> bool:
    """Whether a statement stumbled over what it read, and not over the server."""
    return str(getattr(failure.orig, "pgcode", None) or "").startswith(("21", "22", "23", "54"))
