"""One quarter of a whole country, all indicators and breakdowns, against the leanest SQL by hand: 1.5 times or less.

Left out on both sides: who stands where and what is due at the period's end, and sums over the term, for which no lean
statement gives the same numbers once units have ended. The numbers are compared, too.
"""

from pathlib import Path
from time import perf_counter
from typing import Any

from sqlalchemy import Connection

from benchmarks.kit.bench import Bench
from benchmarks.kit.result import Bound, Case, Result, judge
from events import log
from schemas.forms import family
from schemas.forms.owing import days
from schemas.indicators.catalogue import INDICATORS, of_type
from schemas.indicators.indicator import Count, Cumulative, Due, Standing
from schemas.periods import parse
from warehouse.facts.basis import basis
from warehouse.facts.relations import places
from warehouse.facts.rollup import statement

EVENTS = 10_000_000
QUARTER = parse("2025Q2")
COVERED = [
    indicator
    for indicator in INDICATORS
    if not isinstance(indicator, Standing | Due)
    and not (isinstance(indicator, Cumulative) and indicator.since in ("term", "union_term"))
]

_FLOOR = (Path(__file__).parent / "kit" / "rollup_floor.sql").read_text(encoding="utf-8")


def measure(bench: Bench) -> Result:
    with bench.country(bench.scaled(EVENTS)).connect() as connection:
        filled = places(basis(connection, QUARTER, log.head(connection)[0]))
        due = days(family.newest("branch-quarterly"), QUARTER).due
        filled |= {"counts": [count.step for count in of_type(Count)], "quarter": QUARTER.code, "due": due}
        ours, floor = _rows(connection, statement(COVERED), filled), _rows(connection, _FLOOR, filled)
        assert sorted(ours) == sorted(floor)
        taken = bench.alternate(
            {
                "roll-up": lambda: _seconds(connection, statement(COVERED), filled),
                "SQL": lambda: _seconds(connection, _FLOOR, filled),
            }
        )
    return judge([Case(QUARTER.code, taken["roll-up"], taken["SQL"])], "s", "SQL by hand", Bound(1.5, "or less"))


def _rows(connection: Connection, written: str, filled: dict[str, object]) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in connection.exec_driver_sql(written, filled)]


def _seconds(connection: Connection, written: str, filled: dict[str, object]) -> float:
    start = perf_counter()
    _rows(connection, written, filled)
    return perf_counter() - start
