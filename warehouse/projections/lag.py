"""How far the warehouse is behind the log, and what it holds."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, text

from warehouse import tables
from warehouse.projections import project


@dataclass(frozen=True)
class Projected:
    """A table: up to which position it holds the log, how many events it is behind the head, and its rows.

    `waiting_since` is when the oldest event that it does not hold yet was recorded; None where nothing waits.
    """

    table: str
    position: int
    behind: int
    waiting_since: datetime | None
    rows: int


def projected(connection: Connection) -> list[Projected]:
    """Every table of the warehouse; nothing is projected by asking.

    All tables are moved by one transaction under one checkpoint, so that all of them hold the same position.
    """
    # In one snapshot: between two statements another process may move the tables, or a rebuild replace them.
    connection.execute(text("set transaction isolation level repeatable read"))
    position = project.reached(connection)
    head, since = connection.execute(
        text(
            "select h.position, e.recorded_at from events.head h"
            " left join events.event e on e.position = :next and :next <= h.position"
        ),
        {"next": position + 1},
    ).one()
    named = [table.name for table in tables.metadata.sorted_tables if table is not tables.checkpoint]
    counted = " union all ".join(f"select '{name}' as name, count(*) as rows from {name}" for name in named)
    rows = {row.name: row.rows for row in connection.execute(text(counted))}
    return [Projected(name, position, head - position, since, rows[name]) for name in sorted(named)]
