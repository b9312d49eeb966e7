-- Grain: one row per unit asked for and period, if it lived on a day of it: every code and kind that it bore in it.
-- What another event of its own day takes back held on no day.
select a.unit::text, a.first, a.last, codes.codes, kinds.kinds
from unnest(%(units)s::uuid[], %(firsts)s::date[], %(lasts)s::date[]) as a (unit, first, last)
cross join lateral (
    select max(least(until - 1, a.last)) as last_day, min(greatest(since, a.first)) as first_day
    from (
        select alive, on_date as since, lead(on_date, 1, 'infinity') over (order by on_date, position) as until
        from unit_change where unit = a.unit and alive is not null and position <= %(position)s
    ) life
    where alive and since < until and since <= a.last and until > a.first
) lived
cross join lateral (
    select array_agg(distinct code) as codes
    from (
        select code, on_date as since, lead(on_date, 1, 'infinity') over (order by on_date, position) as until
        from unit_change where unit = a.unit and code is not null and position <= %(position)s
    ) borne
    where since < until and since <= lived.last_day and until > lived.first_day
) codes
cross join lateral (
    select array_agg(distinct kind) as kinds
    from (
        select kind, on_date as since, lead(on_date, 1, 'infinity') over (order by on_date, position) as until
        from unit_change where unit = a.unit and kind is not null and position <= %(position)s
    ) borne
    where since < until and since <= lived.last_day and until > lived.first_day
) kinds
where lived.last_day is not null
