"""200 thousand typed events through append, serialising included, against bare COPY of ready bytes into an unguarded
table without the leaf hash: 0.65 of its speed or more, in batches of 1k and of 5k.
"""

from benchmarks.kit.bench import Bench
from benchmarks.kit.bulk import against_copy
from benchmarks.kit.result import Bound, Result, judge


def measure(bench: Bench) -> Result:
    return judge(against_copy(bench, "plain"), "events/s", "bare COPY, no leaf hash", Bound(0.65, "or more"))
