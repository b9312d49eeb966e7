"""Projecting a million events, against a handler for each event that writes its rows: 15 times faster or more.

The handlers do the first 20 thousand facts and submissions, with a commit every thousand; both are counted in events a
second.
"""

from benchmarks.kit.bench import Bench
from benchmarks.kit.projecting import EVENTS, country, projected
from benchmarks.kit.result import Bound, Case, Result, judge
from benchmarks.kit.rows_peer import by_row
from events import log

ROWS = 20_000


def measure(bench: Bench) -> Result:
    engine = country(bench, EVENTS)
    with engine.connect() as connection:
        count, _ = log.head(connection)
    rows = bench.scaled(ROWS, least=1_000)
    taken = bench.alternate({"project": lambda: projected(engine), "rows": lambda: by_row(engine, rows)})
    case = Case(f"{count:,} events", count / taken["project"], rows / taken["rows"])
    return judge([case], "events/s", "row by row", Bound(15, "or more"))
