"""Reading the log forwards in constant memory, and following it as it grows."""

import select
import time
from collections.abc import Collection, Iterator
from contextlib import suppress
from typing import cast

import psycopg2.extensions
from sqlalchemy import Connection, Engine, text

from events.log.quarantine import UNREADABLE, require_passed
from events.log.recorded import Recorded, decode
from events.types.submissions import FollowedByFacts

CHANNEL = "nguon_events"
"""What an append notifies. A hint only: whoever misses it finds the events at the next poll."""

BATCH = 2_000
"""Events fetched at a time."""


def read(
    connection: Connection,
    after: int = 0,
    upto: int | None = None,
    *,
    stream: str | None = None,
    types: Collection[str] = (),
) -> Iterator[Recorded]:
    """Events at positions after < p <= upto, in log order; of one stream, of some types, where these are given.

    Memory is bounded by BATCH, however long the log. What was quarantined is left out. Raises UnknownEvent at an event
    that this software does not know, TerminalError `event_poisoned` at one that nobody can read.
    """
    found = connection.execute(
        text(
            "select position, body::text as body from events.event where position > :after"
            " and (cast(:upto as bigint) is null or position <= :upto)"
            " and (cast(:stream as text) is null or stream = :stream)"
            " and (cardinality(cast(:types as text[])) = 0 or type = any(:types))"
            " order by position"
        ),
        {"after": after, "upto": upto, "stream": stream, "types": list(types)},
        execution_options={"yield_per": BATCH},
    )
    for row in found:
        try:
            event = decode(row.position, row.body)
        except UNREADABLE as failure:
            require_passed(connection, row.position, failure)
            continue
        yield event


def of_submission(connection: Connection, submission: str) -> list[Recorded]:
    """All events of a submission in log order: what became of it, and the facts that follow that without a gap."""
    found = []
    for event in list(read(connection, stream=f"submission-{submission}")):
        found.append(event)
        if isinstance(event.payload, FollowedByFacts):
            found += read(connection, event.position, event.position + event.payload.facts)
    return found


def follow(engine: Engine, after: int = 0, *, poll: float = 5.0, idle: float | None = None) -> Iterator[Recorded]:
    """Events after a position, and then every new one once it is committed, in order, none left out, none twice.

    Waits for a notification, and looks every `poll` seconds in any case, so that a lost one loses nothing. Ends when
    nothing has come for `idle` seconds; never, if None. Whoever stops reading goes on later from the last position.
    """
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as listening:
        raw = cast(psycopg2.extensions.connection, listening.connection.dbapi_connection)
        raw.set_isolation_level(psycopg2.extensions.ISOLATION_LEVEL_AUTOCOMMIT)
        listening.exec_driver_sql(f"listen {CHANNEL}")
        last = time.monotonic()
        while idle is None or time.monotonic() - last < idle:
            with engine.connect() as connection:
                for event in read(connection, after):
                    after, last = event.position, time.monotonic()
                    yield event
            waiting = poll if idle is None else min(poll, max(0.0, idle - (time.monotonic() - last)))
            with suppress(InterruptedError):
                select.select([raw], [], [], waiting)
            raw.poll()
            raw.notifies.clear()
