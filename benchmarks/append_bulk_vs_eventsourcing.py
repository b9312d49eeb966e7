"""Append of 200 thousand typed events against the library `eventsourcing` on the same server: 3 times or more.

Both serialise, and each stores every event in a database of its own. Ours in batches of 1k and of 5k, the library in
that of its batch sizes in which it is fastest.
"""

from contextlib import ExitStack
from functools import partial

from benchmarks.kit.bench import Bench, Work
from benchmarks.kit.bulk import BATCHES, append_all, batches, portions
from benchmarks.kit.peer import SENT, application, put_all, widen
from benchmarks.kit.result import Bound, Case, Result, judge
from benchmarks.kit.sample import events

PEER_BATCHES = (200, 1_000, 4_000)


def measure(bench: Bench) -> Result:
    count, turns = portions(bench, max(BATCHES))
    with ExitStack() as kept:
        logs = {f"batches of {size:,}": (kept.enter_context(bench.database()), size) for size in BATCHES}
        peers = {}
        for size in PEER_BATCHES:
            peer = kept.enter_context(application(kept.enter_context(bench.database())))
            if size * SENT <= widen(peer) or size == min(PEER_BATCHES):
                peers[f"eventsourcing, {size:,} a batch"] = (peer, size)

        def turn() -> Work:
            made = list(events(count))
            ours: Work = {name: partial(append_all, log, batches(made, size)) for name, (log, size) in logs.items()}
            theirs: Work = {name: partial(put_all, peer, batches(made, size)) for name, (peer, size) in peers.items()}
            return ours | theirs

        speeds = {name: count * turns / seconds for name, seconds in bench.alternate(turn, turns=turns).items()}
    best = max(peers, key=lambda name: speeds[name])
    return judge([Case(name, speeds[name], speeds[best]) for name in logs], "events/s", best, Bound(3, "or more"))
