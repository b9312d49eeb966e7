"""One person among a million erased, against one among ten thousand: the same time, 1.3 times it at most."""

from benchmarks.erase import PEOPLE
from benchmarks.kit.bench import Bench
from benchmarks.kit.forgetting import seconds_to_erase
from benchmarks.kit.result import Bound, Case, Result, judge

FEWER = 100


def measure(bench: Bench) -> Result:
    people = bench.scaled(PEOPLE, least=4_000)
    few = seconds_to_erase(bench, people // FEWER)
    case = Case(f"{people:,} people", seconds_to_erase(bench, people), few)
    return judge([case], "s", f"among {people // FEWER:,}", Bound(1.3, "or less"))
