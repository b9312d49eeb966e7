"""Replay: the rows that the vault keeps go through the gate's pure functions again, and are held against the log.

Both ways: what a counting return states stands in the log, and what stands in the log is stated by a row. The log alone
says which submissions counted, which policies named terms and which units bore codes; nothing projected is asked.
"""

import gc
from collections.abc import Iterator
from itertools import islice

from sqlalchemy import Connection

from events.checks import Fault
from flows.replay.comparing import Replayed, Wave
from flows.replay.counted import Log
from flows.replay.stating import Opening

__all__ = ["Opening", "Replayed", "replay"]

_RETURNS = 1_000
"""Returns in memory at a time, with all their revisions."""


def replay(connection: Connection, opening: Opening, replayed: Replayed) -> Iterator[Fault]:
    """Hold the facts of all returns against the rows of the submissions that counted; counts up `replayed`.

    Faults: `fact_unstated` (no row states what an event says), `fact_missing` (a row states what no event says),
    `fact_misplaced` (an event names another row than that which states it), `fact_elsewhere` (a fact of a person stands
    with a unit that nobody ever reported it for), `rows_unreplayable` (no facts can be made of the rows at all).
    """
    log = Log(connection)
    valid, returns = log.counted()
    told, waiting = log.told(), iter(returns)
    collecting = gc.isenabled()
    gc.disable()  # Nothing here is cyclic, and looking for cycles among all these rows takes as long as reading them.
    try:
        while wave := list(islice(waiting, _RETURNS)):
            yield from Wave(log, opening, valid, told, replayed).replay(wave)
    finally:
        if collecting:
            gc.enable()
