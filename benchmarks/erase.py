"""One person among a million erased, everywhere: 2 seconds or less."""

from benchmarks.kit.bench import Bench
from benchmarks.kit.forgetting import seconds_to_erase
from benchmarks.kit.result import Bound, Case, Result, judge

PEOPLE = 1_000_000
SECONDS = 2.0


def measure(bench: Bench) -> Result:
    people = bench.scaled(PEOPLE, least=400)
    case = Case(f"{people:,} people", seconds_to_erase(bench, people), SECONDS)
    return judge([case], "s", "two seconds", Bound(1, "or less"))
