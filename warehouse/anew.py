"""The whole warehouse projected a second time, from nothing but the log, and held against what is live."""

from collections.abc import Callable, Iterator

from sqlalchemy import Connection

from events.checks import Fault
from events.log.recorded import decode
from events.types.reports import PeriodClosed
from warehouse import digest, rebuild, tables
from warehouse.projections import project

_CLOSINGS = """
select position, body::text from events.event where type = 'PeriodClosed' and position <= %(reached)s order by position
"""


def compare(connection: Connection, progress: Callable[[int, int], None] = lambda done, of: None) -> Iterator[Fault]:
    """Hold each live table against the same one filled anew, and what closings recorded against what it was by then.

    Inside the caller's transaction, in temporary tables that are gone when it or its savepoint is rolled back; nobody
    else can project meanwhile. Faults: `warehouse_differs` (a table is not what the log makes of it),
    `warehouse_digest` (it was not when a period was closed).
    """
    run = connection.exec_driver_sql
    project.hold(connection)
    schema = run("select current_schema()").scalar_one()
    reached, head = project.reached(connection), run("select position from events.head").scalar_one()
    reached = min(reached, head)
    run("set local search_path to pg_temp")
    tables.metadata.create_all(connection, checkfirst=False)
    project.start(connection, 0)
    more = reached > 0
    while more:
        done, more = project.project_range(connection, reached)
        progress(done, reached)
    live, anew = rebuild.digest(connection, schema), rebuild.digest(connection, "pg_temp")
    for name in anew:
        if live[name] != anew[name]:
            yield Fault("warehouse_differs", {"table": name, "position": reached})
    known: dict[int, str] = {}
    for position, body in run(_CLOSINGS, {"reached": reached}).all():
        closed = decode(position, body).payload
        assert isinstance(closed, PeriodClosed)
        if closed.position not in known:
            known[closed.position] = digest.whole(connection, "pg_temp", closed.position)
        if closed.digest != known[closed.position]:
            yield Fault("warehouse_digest", {"position": position, "period": closed.period, "as_of": closed.position})
