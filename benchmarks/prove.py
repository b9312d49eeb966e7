"""An inclusion proof from a log of 5 million events, against one SELECT of an event by its position: under 20 times."""

from random import Random
from time import perf_counter

from sqlalchemy import Connection

from benchmarks.kit.bench import Bench
from benchmarks.kit.result import Bound, Case, Result, judge
from events.proof import merkle_tree

EVENTS = 5_000_000
PROOFS = 200
"""Proofs a round, of positions drawn at random; the SELECTs read the same ones. Both warm up with all of them."""


def measure(bench: Bench) -> Result:
    draw = Random(1)
    with bench.log(bench.scaled(EVENTS, least=1_000)).connect() as connection:
        size = merkle_tree.size(connection)
        positions = [draw.randint(1, size) for _ in range(PROOFS)]
        taken = bench.alternate(
            {
                "prove": lambda: _prove(connection, positions, size),
                "SELECT": lambda: _select(connection, positions),
            }
        )
    case = Case(f"{size:,} events", taken["prove"] / PROOFS * 1_000, taken["SELECT"] / PROOFS * 1_000)
    return judge([case], "ms", "one indexed SELECT", Bound(20, "or less"))


def _prove(connection: Connection, positions: list[int], size: int) -> float:
    start = perf_counter()
    for position in positions:
        merkle_tree.prove(connection, position, size)
    return perf_counter() - start


def _select(connection: Connection, positions: list[int]) -> float:
    start = perf_counter()
    for position in positions:
        connection.exec_driver_sql("select body from events.event where position = %(p)s", {"p": position}).one()
    return perf_counter() - start
