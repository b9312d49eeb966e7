"""What the same append costs when the log holds 5 million events, against 10 thousand: 1.3 times or less."""

from benchmarks.kit.bench import Bench
from benchmarks.kit.bulk import append_all, batches
from benchmarks.kit.result import Bound, Case, Result, judge

SMALL, LARGE = 10_000, 5_000_000
BATCH = 1_000


def measure(bench: Bench) -> Result:
    large = bench.log(bench.scaled(LARGE, least=SMALL))
    small = bench.log(SMALL)
    taken = bench.alternate(
        {
            "append to the large log": lambda: append_all(large, batches(BATCH, BATCH)),
            "append to the small log": lambda: append_all(small, batches(BATCH, BATCH)),
        },
        rounds=15,
    )
    case = Case(f"{BATCH:,} events", *(seconds * 1_000 for seconds in taken.values()))
    return judge([case], "ms", f"at {SMALL:,} events", Bound(1.3, "or less"))
