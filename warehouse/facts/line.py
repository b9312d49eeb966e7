"""A line of figures that belong to no one unit of the tree (see the roll-up), found by the unit whose they were."""

from datetime import date

from sqlalchemy import Connection

from schemas.periods import Period
from warehouse.facts.basis import basis
from warehouse.facts.relations import CONTEXT, places

_LINE = f"""
{CONTEXT} select to_jsonb(path) as path
from place
cross join lateral (
    select code from unit_change c
    where c.unit = place.unit and c.code is not null and c.position <= %(position)s
    order by c.on_date desc, c.position desc limit 1
) as last_known
where undecidable and (place.unit::text = lower(%(named)s) or upper(last_known.code) = upper(%(named)s))
"""


def line(
    connection: Connection, named: str, period: Period, position: int, tree_on: date | None = None
) -> tuple[str, ...] | None:
    """The path, from the root to itself, of the undecidable line of a unit, by its id or its last code.

    None where there is none on the tree, or where several bear the code.
    """
    found = (
        connection.exec_driver_sql(_LINE, {**places(basis(connection, period, position, tree_on)), "named": named})
        .scalars()
        .all()
    )
    return tuple(found[0]) if len(found) == 1 else None
