"""Append of 200 thousand typed events against bare COPY without the leaf hash: 0.65 of its speed or more.

Serialising included; COPY takes ready bytes into an unguarded table. Batches of 1k and of 5k.
"""

from benchmarks.kit.bench import Bench
from benchmarks.kit.bulk import against_copy
from benchmarks.kit.result import Bound, Result, judge


def measure(bench: Bench) -> Result:
    return judge(against_copy(bench, "plain"), "events/s", "bare COPY, no leaf hash", Bound(0.65, "or more"))
