"""Rebuilding all tables from 10 million events, against the speed of bare INSERTs: 0.625 of it or more.

That is 150 thousand events a second where bare INSERT … SELECT, on the million events of `project_vs_sql`, does the 240
thousand that it was first measured at. Creating, filling, comparing and swapping are all counted. A rebuild takes
minutes: three rounds.
"""

from time import perf_counter

from sqlalchemy import Engine

from benchmarks.kit.bench import Bench
from benchmarks.kit.projecting import EVENTS as FLOOR_EVENTS
from benchmarks.kit.projecting import inserted
from benchmarks.kit.result import Bound, Case, Result, judge
from events import log
from warehouse.rebuild import rebuild

EVENTS = 10_000_000
ROUNDS = 3


def measure(bench: Bench) -> Result:
    engine, small = bench.country(bench.scaled(EVENTS)), bench.country(bench.scaled(FLOOR_EVENTS))
    taken = bench.alternate(
        {"rebuild": lambda: _rebuilt(engine), "INSERT": lambda: inserted(small)},
        rounds=ROUNDS,
    )
    count = _count(engine)
    case = Case(f"{count:,} events", count / taken["rebuild"], _count(small) / taken["INSERT"])
    return judge([case], "events/s", "bare INSERT … SELECT", Bound(0.625, "or more"))


def _rebuilt(engine: Engine) -> float:
    start = perf_counter()
    rebuilt = rebuild(engine)
    taken = perf_counter() - start
    assert not rebuilt.differing
    return taken


def _count(engine: Engine) -> int:
    with engine.connect() as connection:
        return log.head(connection)[0]
