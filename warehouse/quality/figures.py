"""Figures as expectations see them: each added up again, and those that were issued beside what is counted again."""

from typing import Any

from sqlalchemy import Connection

from events.database import filled
from schemas.indicators.catalogue import INDICATORS, of_type
from schemas.indicators.indicator import Count, Submissions
from schemas.periods import Period, parse
from warehouse import program
from warehouse.facts.basis import basis
from warehouse.facts.relations import CONTEXT, by_way, places, relation
from warehouse.facts.rollup import STATEMENT
from warehouse.hierarchy import root_of

# A duty has no event, so that nothing tells one from another.
_WITH_EVENTS = [i for i in INDICATORS if not (isinstance(i, Submissions) and i.adds == "expected")]

_FACTS = " union all ".join(
    f"select distinct unit, measure, position, stated, value from ({relation(way)}) facts"
    for way in by_way(_WITH_EVENTS)
)
"""Each fact once, whatever it was joined with when it was counted."""

_PLACED = f"""
{CONTEXT}, facts as ({_FACTS})
select path[cardinality(path)]::text as unit, measure as code, sum(value) as own
from facts join place using (unit) group by 1, 2
"""

_LINES = f"""
{CONTEXT} select distinct path[cardinality(path)]::text as unit, path[cardinality(path) - 1]::text as parent from place
"""

_COUNTED = relation(of_type(Count))

FIGURE = f"""
with summed as ({STATEMENT}), placed as ({_PLACED}), line as ({_LINES}),
figure as (
    select unit, parent, code, coalesce(summed.value, 0) as value, coalesce(own, 0) as own
    from (select ancestor as unit, code, value from summed where code in (select code from placed)) as summed
    full join placed using (unit, code)
    join line using (unit)
)
select figure.unit, figure.parent, figure.code, figure.value, figure.own, coalesce(sum(below.value), 0) as below
from figure
left join figure as below on below.parent = figure.unit and below.code = figure.code
group by figure.unit, figure.parent, figure.code, figure.value, figure.own
"""
"""Grain: one row per line of the tree (a unit, or what is undecidable under it) and figure without breakdown.

`own` is what the line itself reported, `below` what the lines under it show.
"""

TOTAL = f"""
with summed as ({STATEMENT}), line as ({_LINES}), facts as (
    {CONTEXT} select * from ({_FACTS}) every
    where %(whole)s or unit in (select unit from place)
),
shown as (
    select code, sum(value) as shown from summed join line on line.unit = ancestor where parent is null group by code
)
select measure as code, sum(value) as value, coalesce(max(shown), 0) as shown
from facts left join shown on code = measure
group by measure
"""
"""Grain: one row per figure: what all facts of the root's units add up to, and what the top lines of the tree show."""

_ISSUED = f"""
with content as (
    select convert_from(content, 'UTF8')::json as body from issued.content where content_hash = %(content_hash)s
),
top as materialized (
    select body -> 'columns' as columns, body -> 'rows' -> 0 -> 'values' as shown from content
),
printed as (
    select head.item ->> 'code' as code, (shown ->> (head.n::integer - 1))::bigint as issued
    from top cross join lateral json_array_elements(columns) with ordinality as head (item, n)
    where head.item ->> 'kind' = 'count' and head.item ->> 'breakdown' is null
),
recounted as (
    {CONTEXT} select measure as code, sum(value) as value from ({_COUNTED}) facts join place using (unit)
    where %(unit)s::uuid = any(path) group by measure
)
-- What nobody reported was issued as unknown, and adds up to nothing.
select %(period)s as period, code, coalesce(issued, 0) as issued, coalesce(value, 0) as recounted
from printed left join recounted using (code)
"""

_CLOSED = """
select distinct on (period, unit) period, unit::text, as_of, content_hash, reports
from closing join report using (unit, period, as_of)
where period = any(%(codes)s) and closing.position <= %(position)s and code_version = %(code_version)s
order by period, unit, closing.position desc
"""
"""Grain: one row per quarter and unit for which it was closed."""

_NOTHING = "select ''::text as period, ''::text as code, 0 as issued, 0 as recounted where false"


def queries(connection: Connection, period: Period, position: int, root: str | None = None) -> dict[str, str]:
    """The queries of `figure`, `total` and `issued`, for a period as known at a position."""
    filling = {**places(basis(connection, period, position, root=root)), "whole": root is None}
    return {
        "figure": f"select * from ({filled(connection, FIGURE, filling)}) as f",
        "total": f"select * from ({filled(connection, TOTAL, filling)}) as t",
        "issued": " union all ".join(_issued(connection, period, position, root)) or _NOTHING,
    }


def _issued(connection: Connection, period: Period, position: int, root: str | None) -> list[str]:
    """For the widest closing of each quarter and root: what was issued, and what is counted as of then today."""
    quarters = [quarter.code for quarter in period.quarters()]
    found = connection.exec_driver_sql(
        _CLOSED, {"codes": quarters, "position": position, "code_version": program.code_version()}
    ).all()
    widest: dict[tuple[str, str | None], Any] = {}
    for row in sorted(found, key=lambda row: (row.reports, row.as_of)):
        top = root_of(connection, row.unit, parse(row.period).last, row.as_of)
        if root in (None, top):
            widest[row.period, top] = row
    written: list[str] = []
    for (code, top), row in widest.items():
        quarter = parse(code)
        then = {
            **places(basis(connection, quarter, row.as_of, root=top)),
            "unit": row.unit,
            "content_hash": row.content_hash,
            "period": code,
        }
        written.append(f"select * from ({filled(connection, _ISSUED, then)}) as closing_{len(written)}")
    return written
