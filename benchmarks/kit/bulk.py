"""Bulk appends and their floors: the same kind of events through COPY, as text made ready beforehand."""

from datetime import UTC, datetime
from io import BytesIO
from time import perf_counter

from sqlalchemy import Engine, text

from benchmarks.kit.bench import Bench, Work
from benchmarks.kit.result import Case
from benchmarks.kit.sample import ACTOR, events
from events import log
from events.database import cursor_of
from events.log.recorded import NewEvent, stamp, unstamped

EVENTS = 200_000
BATCHES = (1_000, 5_000)
TURNS = 20
"""Turns in a round: short ones, so that a slow moment of the machine hits both."""

FLOORS = """
create schema floor;
create table floor.hashed (like events.event including all);
create table floor.plain (like events.event including all);
alter table floor.plain drop column leaf_hash;
"""
"""Tables with the columns and indexes of the log and nothing that guards them; `plain` has no leaf hash."""


def against_copy(bench: Bench, table: str) -> list[Case]:
    """Events a second through append and through bare COPY into a floor, for each batch size."""
    return [_pair(bench, table, size) for size in BATCHES]


def portions(bench: Bench, size: int) -> tuple[int, int]:
    """Events in a turn, turns in a round: all the events, in batches of `size` where it can."""
    turns = max(1, min(TURNS, bench.scaled(EVENTS) // size))
    return bench.scaled(EVENTS) // turns, turns


def batches(made: list[NewEvent], size: int) -> list[list[NewEvent]]:
    """Events in batches; the last may be shorter."""
    return [made[at : at + size] for at in range(0, len(made), size)]


def append_all(engine: Engine, work: list[list[NewEvent]]) -> float:
    """Seconds to append the batches, each in a transaction of its own."""
    with engine.connect() as connection:
        start = perf_counter()
        for batch in work:
            log.append(connection, batch, ACTOR)
            connection.commit()
        return perf_counter() - start


def _pair(bench: Bench, table: str, size: int) -> Case:
    count, turns = portions(bench, size)
    with bench.database() as engine:
        with engine.begin() as connection:
            connection.execute(text(FLOORS))

        def turn() -> Work:
            work = batches(list(events(count)), size)
            return {
                "append": lambda: append_all(engine, work),
                "COPY": lambda: _copy_all(engine, table, work),
            }

        seconds = bench.alternate(turn, turns=turns)
    return Case(f"batches of {size:,}", count * turns / seconds["append"], count * turns / seconds["COPY"])


def _copy_all(engine: Engine, table: str, work: list[list[NewEvent]]) -> float:
    with engine.connect() as connection, cursor_of(connection) as cursor:
        cursor.execute(f"select coalesce(max(position), 0) from floor.{table}")
        (position,) = cursor.fetchone()
        connection.commit()
        ready = []
        for batch in work:
            ready.append(_lines(batch, position))
            position += len(batch)
        copy = f"copy floor.{table} (position, stream, stream_version, type, recorded_at, body) from stdin"
        start = perf_counter()
        for lines in ready:
            connection.begin()
            cursor.copy_expert(copy, BytesIO(lines), size=1 << 17)
            connection.commit()
        return perf_counter() - start


def _lines(batch: list[NewEvent], position: int) -> bytes:
    at = datetime.now(UTC)
    return b"".join(
        b"%d\t%b\t%d\t%b\t%b\t%b%b\n"
        % (
            number,
            event.stream.encode(),
            event.version,
            type(event.payload).__name__.encode(),
            at.isoformat().encode(),
            stamp(at),
            unstamped(event, ACTOR)[1:].replace(b"\\", b"\\\\"),
        )
        for number, event in enumerate(batch, start=position + 1)
    )
