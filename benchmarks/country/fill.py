"""Writing the country into an empty log, through the append that every event goes through."""

from collections.abc import Callable, Iterator

from sqlalchemy import Engine, text

from benchmarks.country.events import SEED, events
from events import log
from events.log.recorded import NewEvent

EVENTS = 10_000_000
"""About as many as there are at scale 1."""

ACTOR = "command.submit"

BATCH = 50_000
"""Events in a transaction, at least."""


def fill(engine: Engine, scale: float, seed: int = SEED, heard: Callable[[str], None] = lambda told: None) -> int:
    """Append the country at a scale; the number of events. The log must be empty."""
    count, of = 0, round(EVENTS * scale)
    for batch in _together(events(scale, seed)):
        with engine.begin() as connection:
            log.append(connection, batch, ACTOR)
        count += len(batch)
        heard(f"writing a country: {count:,} of about {of:,} events")
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("vacuum analyze events.event"))
    return count


def _together(batches: Iterator[list[NewEvent]]) -> Iterator[list[NewEvent]]:
    held: list[NewEvent] = []
    for batch in batches:
        held += batch
        if len(held) >= BATCH:
            yield held
            held = []
    if held:
        yield held
