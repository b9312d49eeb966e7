"""Which events nobody can read, as verifying sees it: only these are ever passed over."""

from collections.abc import Iterable, Iterator
from functools import cache

from sqlalchemy import Connection

from events.checks import Fault, VerifyFailed
from events.checks.bodies import Reader
from events.log.quarantine import quarantined

_RANGE = """
select position, body::text from events.event where position > %(after)s and position <= %(upto)s order by position
"""
_THESE = "select position, body::text from events.event where position = any(%(positions)s) order by position"


def poisoned(connection: Connection, after: int, upto: int) -> int | None:
    """The first position of a range that cannot be read and is not passed over."""
    passed = quarantined(connection)
    rows = connection.exec_driver_sql(_RANGE, {"after": after, "upto": upto}, execution_options={"yield_per": 2_000})
    found = (row.position for row in rows if is_unreadable(row.position, row.body))
    return next((position for position in found if position not in passed), None)


def passed_over(connection: Connection) -> list[int]:
    """The quarantined positions at which indeed nothing can be read: nobody hides a fact by quarantining it."""
    return [position for position, body in _quarantined(connection) if is_unreadable(position, body)]


def verify_quarantined(connection: Connection) -> Iterator[Fault]:
    """Fault: `quarantine_vain`, of a position that can be read."""
    for position, body in _quarantined(connection):
        if not is_unreadable(position, body):
            yield Fault("quarantine_vain", {"position": position})


def is_unreadable(position: int, body: str) -> bool:
    """Whether a body is of an unknown type or version, malformed, or not canonical."""
    try:
        _reader().one(position, body.encode())
    except VerifyFailed:
        return True
    return False


@cache
def _reader() -> Reader:
    return Reader()


def _quarantined(connection: Connection) -> Iterable[tuple[int, str]]:
    positions = sorted(quarantined(connection))
    return [tuple(row) for row in connection.exec_driver_sql(_THESE, {"positions": positions})] if positions else []
