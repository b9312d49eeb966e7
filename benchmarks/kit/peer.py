"""The `eventsourcing` library on the same server: our events as its domain events, stored in its default mode.

It is spared what is not storing: aggregates, snapshots, and turning our types into plain values, which is done
beforehand. What is timed is its event store, with its own serialising.
"""

import os
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from re import compile as pattern
from time import perf_counter
from typing import Any
from uuid import UUID

import msgspec
from eventsourcing.application import Application
from eventsourcing.domain import DomainEvent
from eventsourcing.postgres import PostgresFactory
from sqlalchemy import Engine

from benchmarks.kit.sample import ACTOR
from events.log.recorded import NewEvent

SENT = 1_000
"""Bytes, and some to spare, that the library sends for an event, whose JSON goes as hexadecimal text."""

_BUFFER = 4 << 20
_UUID = pattern("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True)
class Fact(DomainEvent):
    """What every domain event carries here; the columns of the library hold stream, version and type."""

    by: str
    cause: dict[str, Any] | None
    data: dict[str, Any]


@contextmanager
def application(engine: Engine) -> Iterator[Application[UUID]]:
    """An application of the library in that database, all its settings left as they come."""
    url = engine.url
    made = Application[UUID](
        {
            "PERSISTENCE_MODULE": "eventsourcing.postgres",
            "POSTGRES_DBNAME": str(url.database),
            "POSTGRES_HOST": str(url.host or url.query["host"]),
            "POSTGRES_PORT": str(url.port or url.query.get("port", 5432)),
            "POSTGRES_USER": str(url.username),
            "POSTGRES_PASSWORD": url.password or "",
        }
    )
    try:
        yield made
    finally:
        made.close()


def widen(peer: Application[UUID]) -> int:
    """Give each of its connections a long send buffer, as long as the system grants; how many bytes the shortest has.

    A batch that does not fit slows psycopg's pipelines down, or stops them for ever: it would not be its best.
    """
    factory = peer.factory
    assert isinstance(factory, PostgresFactory)
    granted = []
    with ExitStack() as held:
        for _ in range(factory.datastore.pool.max_size):
            connection = held.enter_context(factory.datastore.get_connection())
            with socket.socket(fileno=os.dup(connection.fileno())) as line:
                line.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _BUFFER)
                # Linux answers with double, half of which is for its own bookkeeping.
                granted.append(line.getsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF) // 2)
    return min(granted)


def put_all(peer: Application[UUID], work: list[list[NewEvent]]) -> float:
    """Seconds to store the batches, each in a transaction of its own."""
    ready = [[_fact(event) for event in batch] for batch in work]
    start = perf_counter()
    for batch in ready:
        peer.events.put(batch)
    return perf_counter() - start


def _fact(event: NewEvent) -> Fact:
    found = _UUID.search(event.stream)
    assert found
    return _type(type(event.payload).__name__)(
        originator_id=UUID(found[0]),
        originator_version=event.version,
        timestamp=datetime.now(UTC),
        by=ACTOR,
        cause=msgspec.to_builtins(event.cause),
        data=msgspec.to_builtins(event.payload),
    )


@cache
def _type(name: str) -> type[Fact]:
    return type(name, (Fact,), {"__module__": __name__})
