"""Bodies in the current version of their types, for statements: SQL that reads what a body says must see no older one.

What was written in another version comes up the ladder in Python, once, and is kept beside the log while it is needed.
"""

from collections.abc import Callable, Iterator
from itertools import chain, islice

from sqlalchemy import Connection

from events.database import cursor_of
from events.log.ladder import LADDER
from events.log.recorded import brought_up, version_of

BATCH = 2_000
"""Events in memory at a time."""

_OUTDATED = """
select position, body::text
from events.event
join unnest(%(types)s, %(versions)s) as known (type, version) using (type)
where position > %(after)s and (%(upto)s::bigint is null or position <= %(upto)s)
    and body ->> 'v' is distinct from version
order by position
"""

_MAKE = "create temp table upcast (position bigint primary key, body json not null) on commit drop"
_KEEP = "insert into upcast select * from unnest(%s, %s::json[])"


def keep_upcast(
    connection: Connection,
    after: int = 0,
    upto: int | None = None,
    read: Callable[[int, str], bytes] = brought_up,
) -> bool:
    """Make the temporary table `upcast` (position, body) of the events after < p <= upto in an older version.

    Each body is there as it would be written today; the table is gone with the transaction. False, and no table,
    where there are none: types without a ladder are not even looked for. `read` brings a body up, and raises.
    """
    outdated = _outdated(connection, after, upto)
    first = next(outdated, None)
    if first is None:
        return False
    connection.exec_driver_sql("drop table if exists pg_temp.upcast cascade")
    connection.exec_driver_sql(_MAKE)
    rest = chain([first], outdated)
    while batch := list(islice(rest, BATCH)):
        positions = [position for position, _ in batch]
        bodies = [read(position, body).decode() for position, body in batch]
        with cursor_of(connection) as cursor:
            cursor.execute(_KEEP, (positions, bodies))
    connection.exec_driver_sql("analyze upcast")
    return True


def _outdated(connection: Connection, after: int, upto: int | None) -> Iterator[tuple[int, str]]:
    types = [name for name, steps in LADDER.items() if steps]
    if not types:
        return
    rows = connection.exec_driver_sql(
        _OUTDATED,
        {"types": types, "versions": [str(version_of(name)) for name in types], "after": after, "upto": upto},
        execution_options={"yield_per": BATCH},
    )
    yield from (tuple(row) for row in rows)
