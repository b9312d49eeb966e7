"""One submission of 40 events, append and commit, against a bare INSERT and commit: twice its time or less.

The INSERT puts 40 ready rows into an unguarded table with the same columns and indexes.
"""

from datetime import UTC, datetime
from time import perf_counter

from psycopg2.extras import execute_values
from sqlalchemy import Connection, text

from benchmarks.kit.bench import Bench, Work
from benchmarks.kit.bulk import FLOORS
from benchmarks.kit.result import Bound, Case, Result, judge
from benchmarks.kit.sample import ACTOR, submission
from events import log
from events.database import cursor_of
from events.log.recorded import NewEvent, stamp, unstamped

EVENTS = 40
SUBMISSIONS = 100
"""Submissions a round, one after the other."""

_INSERT = "insert into floor.hashed (position, stream, stream_version, type, recorded_at, body) values %s"


def measure(bench: Bench) -> Result:
    count = bench.scaled(SUBMISSIONS, least=5)
    with bench.database() as engine, engine.connect() as connection:
        connection.execute(text(FLOORS))
        connection.commit()

        def turn() -> Work:
            work = [submission(EVENTS - 1) for _ in range(count)]
            return {"append": lambda: _append(connection, work), "INSERT": lambda: _insert(connection, work)}

        taken = bench.alternate(turn)
    case = Case(f"{EVENTS} events", taken["append"] / count * 1_000, taken["INSERT"] / count * 1_000)
    return judge([case], "ms", "bare INSERT", Bound(2, "or less"))


def _append(connection: Connection, work: list[list[NewEvent]]) -> float:
    start = perf_counter()
    for events in work:
        log.append(connection, events, ACTOR)
        connection.commit()
    return perf_counter() - start


def _insert(connection: Connection, work: list[list[NewEvent]]) -> float:
    position = connection.execute(text("select coalesce(max(position), 0) from floor.hashed")).scalar_one()
    connection.commit()
    at = datetime.now(UTC)
    ready = []
    for events in work:
        ready.append(
            [
                (
                    number,
                    event.stream,
                    event.version,
                    type(event.payload).__name__,
                    at,
                    (stamp(at) + unstamped(event, ACTOR)[1:]).decode(),
                )
                for number, event in enumerate(events, start=position + 1)
            ]
        )
        position += EVENTS
    start = perf_counter()
    for rows in ready:
        with cursor_of(connection) as cursor:
            execute_values(cursor, _INSERT, rows)
        connection.commit()
    return perf_counter() - start
