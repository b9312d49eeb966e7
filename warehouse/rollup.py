"""All figures of all units for a period in one statement: added up at the unit that reported, then along its path."""

from collections import defaultdict
from typing import NamedTuple

from sqlalchemy import Connection

from schemas.indicators import BREAKDOWNS
from schemas.periods import Period
from warehouse.facts import RELATIONS, places
from warehouse.hierarchy import TREE, Unit, tree, tree_places

_BREAKDOWN_COLUMNS = ", ".join(f"{b.column} as by_{b.code}" for b in BREAKDOWNS)
_SETS = "(unit, measure), " + ", ".join(f"(unit, measure, by_{b.code})" for b in BREAKDOWNS)
_PART = "case " + " ".join(
    f"when grouping(by_{b.code}) = 0 then case when by_{b.code} is not null then '.{b.code}.' || by_{b.code} end"
    for b in BREAKDOWNS
)

STATEMENT = f"""
with tree as materialized (select unit::uuid as unit, kind, string_to_array(path, '/') as path from ({TREE}) walked),
counted as (select unit, measure, {_BREAKDOWN_COLUMNS} from ({RELATIONS["count"]}) facts),
leaf as (
    select unit, measure || part as code, value
    from (
        select unit, measure, {_PART} else '' end as part, count(*) as value
        from counted group by grouping sets ({_SETS})
    ) split
    where part is not null
    union all
    select unit, measure, sum(value)
    from (
        select unit, measure, value from ({RELATIONS["stock"]}) stocked
        union all select unit, measure, value from ({RELATIONS["target"]}) targeted
        union all select unit, measure, value from ({RELATIONS["expected"]}) expected
        union all select unit, measure, value from ({RELATIONS["submitted"]}) submitted
    ) numbers
    group by unit, measure
)
select ancestor, code, sum(value)::bigint as value
from leaf join tree using (unit), unnest(path) as ancestor
group by ancestor, code
"""
"""Grain: one row per unit of the tree and figure that is not zero."""


class Figures(NamedTuple):
    """The tree of the period's last day, and for each unit its figures by column code (zero where missing)."""

    tree: list[Unit]
    values: dict[str, dict[str, int]]


def roll_up(connection: Connection, period: Period, position: int) -> Figures:
    """Every counted figure of a period for every unit, on the tree of its last day, as known at a position."""
    parameters = places(period, position) | tree_places(period.last, position)
    values: dict[str, dict[str, int]] = defaultdict(dict)
    for row in connection.exec_driver_sql(STATEMENT, parameters):
        values[row.ancestor][row.code] = row.value
    return Figures(tree(connection, period.last, position), values)
