"""One quarter of the whole country rolled up, with 1, 2, 4 and 8 times the facts: linear or better.

The units grow with their facts, up to a tenth of the country; a case is the time of a fact, against that at the
smallest.
"""

from functools import partial
from time import perf_counter

from sqlalchemy import Engine

from benchmarks.kit.bench import Bench
from benchmarks.kit.result import Bound, Case, Result, judge
from events import log
from schemas.periods import parse
from warehouse.facts.rollup import roll_up

SMALLEST = 125_000
TIMES = (1, 2, 4, 8)
QUARTER = "2025Q2"


def measure(bench: Bench) -> Result:
    engines = {times: bench.country(times * bench.scaled(SMALLEST, least=1_000)) for times in TIMES}
    taken = bench.alternate({str(times): partial(_rolled_up, engine) for times, engine in engines.items()})
    each = {times: taken[str(times)] / times * 1_000 for times in TIMES}
    cases = [Case(f"{times} times", each[times], each[1]) for times in TIMES[1:]]
    return judge(cases, "ms by times", "the smallest", Bound(1, "or less"))


def _rolled_up(engine: Engine) -> float:
    with engine.connect() as connection:
        position, _ = log.head(connection)
        start = perf_counter()
        roll_up(connection, parse(QUARTER), position)
        return perf_counter() - start
