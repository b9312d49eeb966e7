"""Full verification of a log of a million events, against the server's own sha256 over all bodies: 3 times or less.

As an auditor verifies, with the public key alone. The log's head is signed, as it is after every step of the program.
"""

from time import perf_counter

from sqlalchemy import Engine

from benchmarks.kit.bench import Bench
from benchmarks.kit.result import Bound, Case, Result, judge
from events.proof.signers import SigningKey
from events.proof.signing import sign_head
from flows.verify import Keys, verify

EVENTS = 1_000_000

_SHA256 = "select count(sha256(convert_to(body::text, 'UTF8'))) from events.event"


def measure(bench: Bench) -> Result:
    count = bench.scaled(EVENTS)
    engine = bench.log(count)
    key = SigningKey.generate("bench")
    with engine.begin() as connection:
        sign_head(connection, key)
    keys = Keys(key.verifier)
    taken = bench.alternate({"verify": lambda: _verify(engine, keys, count), "sha256": lambda: sha256(engine)})
    case = Case(f"{count:,} events", taken["verify"], taken["sha256"])
    return judge([case], "s", "sha256 in the server", Bound(3, "or less"))


def _verify(engine: Engine, keys: Keys, count: int) -> float:
    start = perf_counter()
    verified = verify(engine, keys)
    taken = perf_counter() - start
    assert verified.events == verified.signed == count
    return taken


def sha256(engine: Engine) -> float:
    """Seconds that the server takes for the hash of every body."""
    with engine.connect() as connection:
        start = perf_counter()
        connection.exec_driver_sql(_SHA256).one()
        return perf_counter() - start
