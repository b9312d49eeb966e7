"""Full verification of a log of a million events, against the server's own sha256 over all bodies: 3 times or less."""

from time import perf_counter

from sqlalchemy import Engine

from benchmarks.kit.bench import Bench
from benchmarks.kit.result import Bound, Case, Result, judge
from events.signers import SigningKey
from flows.verify import Keys, verify

EVENTS = 1_000_000

_SHA256 = "select count(sha256(convert_to(body::text, 'UTF8'))) from events.event"


def measure(bench: Bench) -> Result:
    engine = bench.log(bench.scaled(EVENTS))
    keys = Keys(SigningKey.generate("bench").verifier, b"no person is in it")
    taken = bench.alternate(lambda: {"verify": lambda: _verify(engine, keys), "sha256": lambda: _sha256(engine)})
    case = Case(f"{bench.scaled(EVENTS):,} events", taken["verify"], taken["sha256"])
    return judge([case], "s", "sha256 in the server", Bound(3, "or less"))


def _verify(engine: Engine, keys: Keys) -> float:
    start = perf_counter()
    verify(engine, keys)
    return perf_counter() - start


def _sha256(engine: Engine) -> float:
    with engine.connect() as connection:
        start = perf_counter()
        connection.exec_driver_sql(_SHA256).one()
        return perf_counter() - start
