"""What the same append costs when the log holds 5 million events, against 10 thousand: 1.3 times or less."""

from benchmarks.kit.bench import Bench, Work
from benchmarks.kit.bulk import append_all
from benchmarks.kit.result import Bound, Case, Result, judge
from benchmarks.kit.sample import events

SMALL, LARGE = 10_000, 5_000_000
BATCH = 1_000
ROUNDS = 15
"""Few, so that the small log stays small."""


def measure(bench: Bench) -> Result:
    many, few = bench.scaled(LARGE, least=2_000), bench.scaled(SMALL, least=1_000)
    large, small = bench.log(many), bench.log(few)

    def turn() -> Work:
        work = [list(events(BATCH))]
        return {"large": lambda: append_all(large, work), "small": lambda: append_all(small, work)}

    taken = bench.alternate(turn, rounds=ROUNDS)
    case = Case(f"{BATCH:,} events at {many:,}", taken["large"] * 1_000, taken["small"] * 1_000)
    return judge([case], "ms", f"at {few:,} events", Bound(1.3, "or less"))
