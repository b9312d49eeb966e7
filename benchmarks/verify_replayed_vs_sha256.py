"""Verification with replay of a log of a million events, against the server's own sha256: 6 times or less.

Every row of every return goes through the gate again and is held against the facts in the log. As the province itself
verifies, with all keys; the log's head is signed.
"""

from time import perf_counter

from sqlalchemy import Engine

from benchmarks.kit import returns
from benchmarks.kit.bench import Bench
from benchmarks.kit.result import Bound, Case, Result, judge
from benchmarks.verify_vs_sha256 import EVENTS, sha256
from events.proof.signers import SigningKey
from events.proof.signing import sign_head
from flows.verify import Keys, verify


def measure(bench: Bench) -> Result:
    with bench.database() as engine, bench.keystore() as store:
        returns.fill(engine, store, bench.scaled(EVENTS), bench.heard)
        key = SigningKey.generate("bench")
        with engine.begin() as connection:
            sign_head(connection, key)
        keys = Keys(key.verifier, returns.MATCHING, store)
        taken = bench.alternate({"verify": lambda: _verify(engine, keys), "sha256": lambda: sha256(engine)})
        with engine.connect() as connection:
            count = connection.exec_driver_sql("select position from events.head").scalar_one()
    case = Case(f"{count:,} events", taken["verify"], taken["sha256"])
    return judge([case], "s", "sha256 in the server", Bound(6, "or less"))


def _verify(engine: Engine, keys: Keys) -> float:
    start = perf_counter()
    verified = verify(engine, keys)
    taken = perf_counter() - start
    assert verified.replayed == verified.files
    return taken
