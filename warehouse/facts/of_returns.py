"""The relations of what units report beside their nominees: numbers, activities, targets, workbooks."""

from collections.abc import Sequence

from schemas.indicators.indicator import Activity, Reported, Stock, Submissions, Target
from warehouse.facts.of_steps import AS_OF


def stocked(indicators: Sequence[Stock]) -> str:
    """The number that each unit reported last; those of units that had ended stand for nobody."""
    pairs = ", ".join(f"('{i.measure}', '{i.code}')" for i in indicators)
    return f"""
select unit, code as measure, value, position
from (
    select distinct on (f.unit, m.code) f.unit, m.code, f.value, f.position
    from membership f
    join (values {pairs}) as m (measure, code) on m.measure = f.measure
    where {AS_OF} and f.period = any(%(stock_periods)s) and not exists (select from closed c where c.unit = f.unit)
    order by f.unit, m.code, f.period desc, f.position desc
) newest
"""


def reported(indicators: Sequence[Reported]) -> str:
    """The numbers reported of the period's quarters."""
    pairs = ", ".join(f"('{i.measure}', '{i.code}')" for i in indicators)
    return f"""
select f.unit, m.code as measure, f.value, f.position
from membership f
join (values {pairs}) as m (measure, code) on m.measure = f.measure
where {AS_OF} and f.period = any(%(quarters)s)
"""


def held(indicators: Sequence[Activity]) -> str:
    """Activities of the period."""
    kinds = ", ".join(f"('{i.activity}', '{i.code}', '{i.adds}')" for i in indicators)
    return f"""
select f.unit, m.measure,
    case m.adds when 'held' then 1 when 'participants' then f.participants else coalesce(f.members, 0) end as value,
    f.position
from activity f
join (values {kinds}) as m (activity, measure, adds) on m.activity = f.activity
where {AS_OF} and f.on_date between %(first)s and %(last)s
"""


def targeted(indicators: Sequence[Target]) -> str:
    """Targets of the year that the period ends in."""
    pairs = ", ".join(f"('{i.target}', '{i.code}')" for i in indicators)
    return f"""
select f.unit, m.measure, f.value, f.position
from target f
join (values {pairs}) as m (target, measure) on m.target = f.target
where {AS_OF} and f.year = %(year)s
"""


def submitted(indicators: Sequence[Submissions]) -> str:
    """Workbooks owed, and what came of them; the first that came stands for all revisions."""
    pairs = ", ".join(f"('{i.adds}', '{i.code}')" for i in indicators)
    return f"""
select s.unit, m.measure, 1 as value, s.position
from (
    select unit, 'expected' as state, null::bigint as position from duty
    union all
    select first.unit, stands.state, first.position
    from (
        select distinct on (s.unit, s.period) s.unit, s.period, s.position,
            coalesce(bool_or(s.valid and s.decided_position <= %(position)s) over returned, false) as accepted,
            coalesce(
                bool_or(s.valid and s.decided_position <= %(position)s and s.received_on <= d.due) over returned,
                false
            ) as on_time
        from submission s
        join duty d on d.unit = s.unit and d.quarter = s.period
        where s.position <= %(position)s
        window returned as (partition by s.unit, s.period)
        order by s.unit, s.period, s.position
    ) first
    cross join lateral (
        values ('received', true), ('accepted', first.accepted), ('on_time', first.on_time),
            ('rejected', not first.accepted)
    ) as stands (state, holds)
    where stands.holds
) s
join (values {pairs}) as m (state, measure) on m.state = s.state
"""
