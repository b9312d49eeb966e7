"""Bringing the warehouse up to the log: set-based, in ranges of positions, exactly once.

Each projection is a `.sql` file under `tables/` that reads `told`, the events of a range, or `fact`, the facts among
them with the positions from and to which they count. A range and its checkpoint are one transaction, so a process may
be killed anywhere and another may carry on; a lock keeps two processes from doing the same range.
"""

from collections.abc import Collection
from functools import cache
from pathlib import Path

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from events import turns
from events.checks.unreadable import passed_over, poisoned
from events.errors import TerminalError
from events.log.quarantine import of_data
from events.types import TYPES
from schemas.vocabulary.steps import STEPS
from warehouse.projections.current import bring_up
from warehouse.tables import FACTS

RANGE = 50_000
"""Positions projected in one transaction: bounds memory, locks and what a crash repeats."""

_NAME = "warehouse"
_HERE = Path(__file__).parent
_TOLD, _STATEMENT, _SUPERSEDED, _COUNTING = (
    (_HERE / f"{name}.sql").read_text(encoding="utf-8") for name in ("told", "statement", "superseded", "counting")
)

_FACT = """
create temp view fact as
select told.position as stated, coalesce(c.position, told.position) as position, c.position_to, type, data, cause
from told left join counting c on c.stated = told.position
"""
"""Grain: one row per fact of the range and stretch in which it counts."""

_NO_MORE = """
update {table} f set position_to = c.position_to
from counting c where c.position is null and f.stated = c.stated and f.position_to is null
"""

_AGAIN = """
insert into {table} (stated, position, position_to, {columns})
select c.stated, c.position, c.position_to, {columns}
from counting c
cross join lateral (select {columns} from {table} where stated = c.stated limit 1) as old
where c.stated <= %(after)s and c.position is not null
"""
"""What had been stated before the range, and counts again since something else was taken back."""

FACT_KEYS: dict[str, tuple[str, ...]] = {name: kind.key for name, kind in TYPES.items() if kind.key}
"""The types of facts, and the fields by which two statements speak of one thing."""

_FACT_TYPES = ", ".join(f"'{name}'" for name in FACT_KEYS)
_KEY = "case {} end".format(
    " ".join(
        "when told.type in ({}) then concat_ws(' ', told.type, {})".format(
            ", ".join(f"'{name}'" for name in FACT_KEYS if FACT_KEYS[name] == key),
            ", ".join(f"data ->> '{field}'" for field in key),
        )
        for key in dict.fromkeys(FACT_KEYS.values())
    )
)
_STRETCH = ("stated", "position", "position_to")

STEP_PLACES: dict[str, list[str]] = {
    "step_events": [step.event for step in STEPS.values()],
    "step_codes": list(STEPS),
}
"""What fills the places of the projections."""


def project(engine: Engine) -> int:
    """Project everything that is recorded, where this account may; the position that the warehouse holds then.

    Raises TerminalError `event_poisoned` at an event that nobody can read, unless it is quarantined.
    """
    while True:
        try:
            with engine.begin() as connection:
                if not connection.exec_driver_sql("select has_table_privilege('checkpoint', 'insert')").scalar_one():
                    return reached(connection)
                upto, more = project_range(connection)
        except DBAPIError as failure:
            if of_data(failure):
                _name_poison(engine)
            raise
        if not more:
            return upto


def _name_poison(engine: Engine) -> None:
    """Raise TerminalError `event_poisoned` where an event of the next range is what cannot be projected."""
    with engine.connect() as connection:
        after = reached(connection)
        if (position := poisoned(connection, after, after + RANGE)) is not None:
            raise TerminalError("event_poisoned", position=position) from None


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
    run(_TOLD, {"after": after, "upto": upto, "passed": passed_over(connection)})
    bring_up(connection, after, upto)
    happened = set(run("select distinct type from told").scalars())
    run(statements()["submission"])  # says which period a fact was stated for
    _count(connection, after, happened)
    for name, statement in statements().items():
        if name != "submission" and happened & read_by(statement):
            run(statement, STEP_PLACES)
    run("drop table told, superseded, counting cascade")
    run("update checkpoint set position = %(upto)s where projection = %(name)s", {"upto": upto, "name": _NAME})
    return upto, upto < head


def _count(connection: Connection, after: int, happened: Collection[str]) -> None:
    """Record who states what since when, and close the stretches of what counts no more."""
    run = connection.exec_driver_sql
    if happened & FACT_KEYS.keys():
        run(_STATEMENT.format(key=_KEY, types=_FACT_TYPES))
    run(_SUPERSEDED)
    run(
        "update statement set position_to = s.position_to from superseded s"
        " where statement.position = s.position and statement.position_to is null"
    )
    run(_COUNTING, {"after": after})
    run(_FACT)
    ends, returns = run(
        "select coalesce(bool_or(position is null), false),"
        " coalesce(bool_or(stated <= %(after)s and position is not null), false) from counting",
        {"after": after},
    ).one()
    for fact in FACTS:
        if ends:
            run(_NO_MORE.format(table=fact.name))
        if returns:
            columns = ", ".join(f'"{c.name}"' for c in fact.columns if c.name not in _STRETCH)
            run(_AGAIN.format(table=fact.name, columns=columns), {"after": after})


def start(connection: Connection, after: int) -> None:
    """Let projecting begin after a position, in tables that were never projected into."""
    connection.exec_driver_sql(
        f"insert into checkpoint (projection, position) values ('{_NAME}', {after}) on conflict do nothing"
    )


def hold(connection: Connection) -> None:
    """Keep every other process from moving these tables until the caller's transaction ends."""
    # Not the checkpoint's row: whoever waits while a rebuild swaps the schemas must find the new tables afterwards.
    schema = connection.exec_driver_sql("select current_schema()").scalar_one()
    turns.take(connection, f"project {schema}")


def reached(connection: Connection) -> int:
    """The position that the warehouse holds."""
    return int(
        connection.exec_driver_sql(
            "select coalesce(max(position), 0) from checkpoint where projection = %(name)s", {"name": _NAME}
        ).scalar_one()
    )


@cache
def statements() -> dict[str, str]:
    """The content of each projection's file, by the name of its table."""
    return {file.stem: file.read_text(encoding="utf-8") for file in sorted((_HERE / "tables").glob("*.sql"))}


@cache
def read_by(statement: str) -> frozenset[str]:
    """The event types that a statement reads: those that it names, itself or through STEP_PLACES."""
    named = {value for place, values in STEP_PLACES.items() if f"%({place})s" in statement for value in values}
    return frozenset(name for name in TYPES if name in named or f"'{name}'" in statement)
