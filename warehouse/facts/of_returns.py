"""The relations of what units report beside their nominees: numbers, activities, targets, ratings, the returns."""

from collections.abc import Sequence

from schemas.indicators.indicator import Activity, Rated, Reported, Stock, Submissions, Target
from warehouse.facts.of_steps import AS_OF


def stocks(indicators: Sequence[Stock]) -> str:
    """The number that each unit reported last; those of units that had ended stand for nobody."""
    pairs = ", ".join(f"('{i.measure}', '{i.code}')" for i in indicators)
    return f"""
select unit, code as measure, value, position, stated, null::uuid as subject
from (
    select distinct on (f.unit, m.code) f.unit, m.code, f.value, f.position, f.stated
    from membership f
    join (values {pairs}) as m (measure, code) on m.measure = f.measure
    where {AS_OF} and f.period = any(%(stock_periods)s) and not exists (select from closed c where c.unit = f.unit)
    order by f.unit, m.code, f.period desc, f.stated desc
) newest
"""


def numbers(indicators: Sequence[Reported]) -> str:
    """The numbers reported of the period's quarters."""
    pairs = ", ".join(f"('{i.measure}', '{i.code}')" for i in indicators)
    return f"""
select f.unit, m.code as measure, f.value, f.position, f.stated, null::uuid as subject
from membership f
join (values {pairs}) as m (measure, code) on m.measure = f.measure
where {AS_OF} and f.period = any(%(quarters)s)
"""


def activities(indicators: Sequence[Activity]) -> str:
    """Activities of the period."""
    kinds = ", ".join(f"('{i.activity}', '{i.code}', '{i.adds}')" for i in indicators)
    return f"""
select f.unit, m.measure,
    case m.adds when 'held' then 1 when 'participants' then f.participants else coalesce(f.members, 0) end as value,
    f.position, f.stated, null::uuid as subject
from activity f
join (values {kinds}) as m (activity, measure, adds) on m.activity = f.activity
where {AS_OF} and f.on_date between %(first)s and %(last)s
"""


def targets(indicators: Sequence[Target]) -> str:
    """Targets of the year that the period ends in."""
    pairs = ", ".join(f"('{i.target}', '{i.code}')" for i in indicators)
    return f"""
select f.unit, m.measure, f.value, f.position, f.stated, null::uuid as subject
from target f
join (values {pairs}) as m (target, measure) on m.target = f.target
where {AS_OF} and f.year = %(year)s
"""


def ratings(indicators: Sequence[Rated]) -> str:
    """Decided ratings for the year that the period ends in, at the organisations that are rated."""
    pairs = ", ".join(f"('{i.grade}', '{i.code}')" for i in indicators)
    return f"""
select f.unit, m.measure, 1 as value, f.position, f.stated, null::uuid as subject
from rating f
join (values {pairs}) as m (grade, measure) on m.grade = f.decided
where {AS_OF} and f.year = %(year)s
"""


def returns(indicators: Sequence[Submissions]) -> str:
    """Returns owed, and what came of them; the receipt of the first of its workbooks stands for a return."""
    pairs = ", ".join(f"('{i.adds}', '{i.code}')" for i in indicators)
    return f"""
select r.unit, m.measure, 1 as value, r.position, r.position as stated, null::uuid as subject
from (
    select unit, 'expected' as state, null::bigint as position from duty
    union all
    select came.unit, stands.state, came.position
    from (
        select d.unit, min(s.position) as position, coalesce(bool_or(latest.counts), false) as counts,
            -- The first valid one: a revision that comes later does not make a return late.
            coalesce(min(s.received_on) filter (where s.valid and s.decided) <= d.in_time_until, false)
                as in_time
        from duty d
        -- Before the decision it was what the cover said, as far as that could be told.
        join (
            select *, decided_position <= %(position)s as decided from submission where position <= %(position)s
        ) s on d.unit = case when s.decided then s.unit else s.cover_unit end
            and d.form = case when s.decided then s.form else s.cover_form end
            and d.period = case when s.decided then s.period else s.cover_period end
        left join lateral (
            select counts from submission_state t
            where t.submission = s.submission and t.counts is not null and t.position <= %(position)s
            order by t.position desc limit 1
        ) latest on true
        group by d.unit, d.form, d.period, d.in_time_until
    ) came
    cross join lateral (
        values ('received', true), ('counted', counts), ('on_time', counts and in_time), ('not_counted', not counts)
    ) as stands (state, holds)
    where stands.holds
) r
join (values {pairs}) as m (state, measure) on m.state = r.state
"""
