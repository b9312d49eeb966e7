"""Peak memory of a process that appends a million events from an iterator in one call: 300 MB or less."""

import re
import sys
from multiprocessing import get_context
from pathlib import Path

from benchmarks.kit.bench import Bench
from benchmarks.kit.result import Bound, Case, Result, judge
from benchmarks.kit.sample import events
from events import log
from events.database import engine

EVENTS = 1_000_000
LIMIT = 300


def measure(bench: Bench) -> Result:
    count = bench.scaled(EVENTS)
    # A new process of its own: a fork would count what this one holds.
    with bench.database() as database, get_context("spawn").Pool(1) as process:
        bench.heard(f"{count:,} events")
        peak = process.apply(_append, (database.url.render_as_string(hide_password=False), count))
    return judge([Case(f"{count:,} events", peak, LIMIT)], "MB", "the limit", Bound(1, "or less"))


def _append(url: str, count: int) -> float:
    with engine(url).begin() as connection:
        log.append(connection, events(count))
    return _peak()


def _peak() -> float:
    """The most memory that this process has held, in MB."""
    if sys.platform == "linux":
        # Of this program alone: what getrusage tells includes the process that started it.
        found = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
        assert found
        return int(found[1]) * 1_024 / 1e6
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
