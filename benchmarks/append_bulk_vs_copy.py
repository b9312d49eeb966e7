"""Append of 200 thousand typed events against bare COPY: 0.85 of its speed or more.

Serialising included; COPY takes ready bytes into an unguarded table with the same columns and indexes, leaf hash
included. Batches of 1k and of 5k.
"""

from benchmarks.kit.bench import Bench
from benchmarks.kit.bulk import against_copy
from benchmarks.kit.result import Bound, Result, judge


def measure(bench: Bench) -> Result:
    return judge(against_copy(bench, "hashed"), "events/s", "bare COPY", Bound(0.85, "or more"))
