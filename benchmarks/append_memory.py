"""Peak memory of a process that appends a million events from an iterator in one call: 300 MB or less."""

from benchmarks.kit.bench import Bench
from benchmarks.kit.memory import peak
from benchmarks.kit.result import Bound, Case, Result, judge
from benchmarks.kit.sample import ACTOR, events
from events import log
from events.database import engine

EVENTS = 1_000_000
LIMIT = 300


def measure(bench: Bench) -> Result:
    count = bench.scaled(EVENTS)
    with bench.database() as database:
        bench.heard(f"{count:,} events")
        held = peak(_append, database.url.render_as_string(hide_password=False), count)
    return judge([Case(f"{count:,} events", held, LIMIT)], "MB", "the limit", Bound(1, "or less"))


def _append(url: str, count: int) -> None:
    with engine(url).begin() as connection:
        log.append(connection, events(count), ACTOR)
