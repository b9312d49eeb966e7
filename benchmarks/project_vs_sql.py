"""Projecting a million events into all tables, against one bare INSERT … SELECT for each table: 1.5 times or less.

Both fill empty tables with the same columns and indexes. The INSERTs take the whole log at once, go through
`json_to_record`, and leave out what corrections supersede.
"""

from benchmarks.kit.bench import Bench
from benchmarks.kit.projecting import EVENTS, country, inserted, projected
from benchmarks.kit.result import Bound, Case, Result, judge


def measure(bench: Bench) -> Result:
    engine = country(bench, EVENTS)
    taken = bench.alternate({"project": lambda: projected(engine), "INSERT": lambda: inserted(engine)})
    case = Case(f"{bench.scaled(EVENTS):,} events", taken["project"], taken["INSERT"])
    return judge([case], "s", "bare INSERT … SELECT", Bound(1.5, "or less"))
