"""From the commit of one submission of 40 rows until its facts can be read: at 5 million events against 10 thousand.

1.3 times or less; `project_lag_limit` holds it to a second.
"""

from benchmarks.kit.bench import Bench
from benchmarks.kit.lag import FACTS, SMALL, lags
from benchmarks.kit.result import Bound, Case, Result, judge


def measure(bench: Bench) -> Result:
    return judge([Case(f"{FACTS} rows", *lags(bench))], "ms", f"at {SMALL:,} events", Bound(1.3, "or less"))
