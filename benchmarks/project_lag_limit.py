"""From the commit of one submission of 40 rows until its facts can be read, at 5 million events: a second or less."""

from benchmarks.kit.bench import Bench
from benchmarks.kit.lag import FACTS, lags
from benchmarks.kit.result import Bound, Case, Result, judge

LIMIT = 1_000
"""Milliseconds."""


def measure(bench: Bench) -> Result:
    large, _ = lags(bench)
    return judge([Case(f"{FACTS} rows", large, LIMIT)], "ms", "the limit", Bound(1, "or less"))
