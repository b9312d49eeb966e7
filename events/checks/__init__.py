"""What verification of log and vault is made of: laws as SQL that shows every row that breaks them, and passes."""

from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Connection

from events.errors import RefusedError

_HERE = Path(__file__).parent
HEAD = _HERE / "head.sql"
GAP = _HERE / "gap.sql"
LOG = "events.event"
"""The relation of all events."""

LAWS = sorted((_HERE / "laws").glob("*.sql"))

MOST = 100
"""Faults that one law names; of those behind them it says only how many there are."""


class Fault(NamedTuple):
    """Something that is not as it was recorded: what (a key under `error.verify`), and where it lies.

    A check gives each fault that it finds, and goes on behind it.
    """

    key: str
    where: Mapping[str, object]


class VerifyFailed(RefusedError):
    """What is stored is not what was recorded: `key` names the fault, the details where it lies.

    `parts` are all the faults that were found, the first of which is this one.
    """

    def __init__(self, fault: str, /, **where: object) -> None:
        super().__init__(f"verify.{fault}", **where)


def run(connection: Connection, file: Path, events: str = LOG) -> Iterator[Fault]:
    """Run a law: a statement that gives a row for each `fault`, with where it lies, the first one first.

    What it says of `current_event` it says of the relation `events`. At most `MOST` faults, and then one
    `more_faults` with the `law` and how many more there are (`count`).
    """
    law = file.read_text(encoding="utf-8").replace("%", "%%").replace("current_event", events)
    counted = f"select *, count(*) over () as all_faults from (\n{law}\n) law limit {MOST}"
    count = 0
    for row in connection.exec_driver_sql(counted).mappings().all():
        count = row["all_faults"]
        said = {name: value for name, value in row.items() if name not in ("fault", "all_faults") and value is not None}
        yield Fault(row["fault"], said)
    if count > MOST:
        yield Fault("more_faults", {"law": _name(file), "count": count - MOST})


def at_most(faults: Iterator[Fault], law: str) -> Iterator[Fault]:
    """The first faults of a pass, and behind them one that says how many more there are."""
    yield from islice(faults, MOST)
    if more := sum(1 for _ in faults):
        yield Fault("more_faults", {"law": law, "count": more})


def _name(file: Path) -> str:
    return file.stem.lstrip("0123456789_")
