"""Bringing the warehouse up to the log: set-based, in ranges of positions, exactly once.

Each projection is a `.sql` file under `projections/` that reads `told`, the events of a range. A range and its
checkpoint are one transaction, so a process may be killed anywhere and another may carry on; a lock keeps two
processes from doing the same range.
"""

from functools import cache
from pathlib import Path

from sqlalchemy import Connection, Engine

from events.types import TYPES
from schemas.vocabulary.steps import STEPS
from warehouse.tables import FACTS

RANGE = 50_000
"""Positions projected in one transaction: bounds memory, locks and what a crash repeats."""

_NAME = "warehouse"
_HERE = Path(__file__).parent
_TOLD = (_HERE / "told.sql").read_text(encoding="utf-8")
_SUPERSEDED = (_HERE / "superseded.sql").read_text(encoding="utf-8")

STEP_PLACES: dict[str, list[str]] = {
    "step_events": [step.event for step in STEPS.values()],
    "step_codes": list(STEPS),
}
"""What fills the places of the projections."""


def project(engine: Engine) -> int:
    """Project everything that is recorded, where this account may; the position that the warehouse holds then."""
    while True:
        with engine.begin() as connection:
            if not connection.exec_driver_sql("select has_table_privilege('checkpoint', 'insert')").scalar_one():
                return reached(connection)
            upto, more = project_range(connection)
        if not more:
            return upto


def project_range(connection: Connection, limit: int | None = None) -> tuple[int, bool]:
    """Project the next range inside the caller's transaction, up to `limit` or the head.

    Answers with the position reached, and whether there is more.
    """
    run = connection.exec_driver_sql
    hold(connection)
    start(connection, 0)
    after = run(f"select position from checkpoint where projection = '{_NAME}'").scalar_one()
    head = run("select position from events.head").scalar_one() if limit is None else limit
    upto = min(head, after + RANGE)
    if upto == after:
        return after, False
    # Nothing is lost that could not be projected again: a crash takes rows and checkpoint together.
    run("set local synchronous_commit = off")
    run(_TOLD, {"after": after, "upto": upto})
    happened = set(run("select distinct type from told").scalars())
    for statement in statements():
        if happened & read_by(statement):
            run(statement, STEP_PLACES)
    if superseded := run(_SUPERSEDED).all():
        old, new = zip(*superseded, strict=True)
        for fact in FACTS:
            run(
                f"update {fact.name} f set position_to = s.position_to"
                " from unnest(%(old)s, %(new)s) as s (position, position_to) where f.position = s.position",
                {"old": list(old), "new": list(new)},
            )
    run("drop table told")
    run("update checkpoint set position = %(upto)s where projection = %(name)s", {"upto": upto, "name": _NAME})
    return upto, upto < head


def start(connection: Connection, after: int) -> None:
    """Let projecting begin after a position, in tables that were never projected into."""
    connection.exec_driver_sql(
        f"insert into checkpoint (projection, position) values ('{_NAME}', {after}) on conflict do nothing"
    )


def hold(connection: Connection) -> None:
    """Keep every other process from moving these tables until the caller's transaction ends."""
    # Not the checkpoint's row: whoever waits while a rebuild swaps the schemas must find the new tables afterwards.
    connection.exec_driver_sql("select pg_advisory_xact_lock(hashtext('project ' || current_schema()))")


def reached(connection: Connection) -> int:
    """The position that the warehouse holds."""
    return int(
        connection.exec_driver_sql(
            "select coalesce(max(position), 0) from checkpoint where projection = %(name)s", {"name": _NAME}
        ).scalar_one()
    )


@cache
def statements() -> tuple[str, ...]:
    """The content of each projection's file, in the order in which they run."""
    return tuple(file.read_text(encoding="utf-8") for file in sorted((_HERE / "tables").glob("*.sql")))


@cache
def read_by(statement: str) -> frozenset[str]:
    """The event types that a statement reads: those that it names, itself or through STEP_PLACES."""
    named = {value for place, values in STEP_PLACES.items() if f"%({place})s" in statement for value in values}
    return frozenset(name for name in TYPES if name in named or f"'{name}'" in statement)
