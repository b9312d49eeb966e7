"""Which facts a figure counts: one SQL predicate for each indicator, shared by the roll-up and the trace.

Every relation has `unit` (who reported), `measure` (the column's code), `value` (what it adds), `position` (its
event) and, for counts, the nominee's `sex`, `ethnic_minority` and `source_group`. Places: `position`, `first`,
`last`, `year`, `stock_periods`, `quarters`. They stand after CONTEXT, which says on which tree figures are laid out;
that tree has no part in what counts.
"""

from datetime import date, timedelta
from pathlib import Path

from schemas.indicators import COUNTS, REPORTING_KINDS, STOCKS, TARGETS
from schemas.periods import Period, ended
from warehouse.hierarchy import TREE, tree_places


def _written(name: str) -> str:
    return (Path(__file__).parent / f"{name}.sql").read_text(encoding="utf-8")


CONTEXT = f"""
with tree as materialized (select unit::uuid as unit, code, string_to_array(path, '/') as path from ({TREE}) walked),
place as materialized ({_written("place")}),
duty as materialized ({_written("duty")}),
closed as materialized ({_written("closed")})
"""
"""The tree; where the figures of every unit stand in it; who owed a workbook; who had ended by the period's end."""

_AS_OF = "f.position <= %(position)s and coalesce(f.position_to > %(position)s, true)"

COUNTED = f"""
select f.unit, m.measure, 1 as value, f.position, n.sex, n.ethnic_minority, n.source_group
from step f
join unnest(%(steps)s::text[], %(step_measures)s::text[]) as m (step, measure) on m.step = f.step
left join nominee n on n.subject = f.subject
    and n.position <= %(position)s and coalesce(n.position_to > %(position)s, true)
where {_AS_OF} and f.on_date between %(first)s and %(last)s
"""

STOCKED = f"""
select unit, code as measure, value, position
from (
    select distinct on (f.unit, f.measure) f.unit, m.code, f.value, f.position
    from membership f
    join unnest(%(measures)s::text[], %(measure_codes)s::text[]) as m (measure, code) on m.measure = f.measure
    where {_AS_OF} and f.period = any(%(stock_periods)s) and not exists (select from closed c where c.unit = f.unit)
    order by f.unit, f.measure, f.period desc, f.position desc
) newest
"""

TARGETED = f"""
select f.unit, 'target.' || f.target as measure, f.value, f.position
from target f
where {_AS_OF} and f.year = %(year)s and f.target = any(%(targets)s)
"""

EXPECTED = """
select unit, 'submissions.expected' as measure, 1 as value, null::bigint as position from duty
"""

SUBMITTED = """
select s.unit, m.measure, 1 as value, s.position
from (
    select distinct on (s.unit, s.period) s.unit, s.period, s.position,
        coalesce(bool_or(s.accepted and s.decided_position <= %(position)s) over returned, false) as accepted,
        coalesce(
            bool_or(s.accepted and s.decided_position <= %(position)s and s.received_on <= d.due) over returned, false
        ) as on_time
    from submission s
    join duty d on d.unit = s.unit and d.quarter = s.period
    where s.position <= %(position)s
    window returned as (partition by s.unit, s.period)
    order by s.unit, s.period, s.position
) s
cross join lateral (
    values ('submissions.received', true), ('submissions.accepted', s.accepted), ('submissions.on_time', s.on_time),
        ('submissions.rejected', not s.accepted)
) as m (measure, counted)
where m.counted
"""

RELATIONS = {"count": COUNTED, "stock": STOCKED, "target": TARGETED, "expected": EXPECTED, "submitted": SUBMITTED}


def places(period: Period, position: int, tree_on: date | None = None) -> dict[str, object]:
    """What fills the places of CONTEXT and of every relation, for a period as known at a position.

    `tree_on` is the day of the tree, the period's last if it is left out.
    """
    quarters = period.quarters()
    return {
        **tree_places(tree_on or period.last, position),
        "first": period.first,
        "last": period.last,
        "year": period.last.year,
        "steps": [count.step for count in COUNTS],
        "step_measures": [count.code for count in COUNTS],
        "measures": [stock.measure for stock in STOCKS],
        "measure_codes": [stock.code for stock in STOCKS],
        "targets": [target.target for target in TARGETS],
        "stock_periods": _stock_periods(period.last),
        "quarters": [quarter.code for quarter in quarters],
        "quarter_ends": [quarter.last for quarter in quarters],
        "dues": [quarter.due for quarter in quarters],
        "reporting_kinds": list(REPORTING_KINDS),
    }


def _stock_periods(last: date) -> list[str]:
    """The quarters whose stocks may stand for the day `last`: the last four that had ended by then."""
    found: list[Period] = []
    quarter = ended("quarter", last + timedelta(days=1))
    while len(found) < 4:
        found.append(quarter)
        quarter = ended("quarter", quarter.first)
    return [quarter.code for quarter in found]
