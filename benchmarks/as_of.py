"""A province's report on a year as of the position from which it was closed, against as of now: 1.5 times or less."""

from benchmarks.kit.bench import Bench
from benchmarks.kit.reporting import YEAR, positions, reported
from benchmarks.kit.result import Bound, Case, Result, judge

EVENTS = 10_000_000


def measure(bench: Bench) -> Result:
    engine = bench.country(bench.scaled(EVENTS))
    old, now = positions(engine)
    taken = bench.alternate({"old": lambda: reported(engine, old), "now": lambda: reported(engine, now)})
    case = Case(f"{YEAR}, as of {old:,}", taken["old"], taken["now"])
    return judge([case], "s", f"as of {now:,}", Bound(1.5, "or less"))
