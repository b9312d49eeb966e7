"""`python -m benchmarks.country [SCALE [SEED]]`: write the country into the database of this home, and project it.

Scale 1, ten million events, unless told otherwise. Refused where the log is not empty: a country is not written over
what somebody keeps.
"""

import sys
import time

from benchmarks.country.events import SEED
from benchmarks.country.fill import ACTOR, fill
from events import log
from flows.context import Context
from flows.settings import settings
from warehouse.migrate import upgrade
from warehouse.projections.project import project


def main(scale: float = 1.0, seed: int = SEED) -> int:
    engine = Context(settings(), ACTOR).engine
    upgrade(engine)
    with engine.connect() as connection:
        if log.head(connection)[0]:
            print("the log is not empty; set NGUON_HOME to a new folder", file=sys.stderr)
            return 2
    start = time.perf_counter()
    count = fill(engine, scale, seed, lambda told: print(f"\r{told}", end="", file=sys.stderr, flush=True))
    print(f"\n{count:,} events in {time.perf_counter() - start:.0f} s; projecting", file=sys.stderr)
    project(engine)
    print(f"done after {time.perf_counter() - start:.0f} s", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main(*(kind(given) for kind, given in zip((float, int), sys.argv[1:], strict=False))))
