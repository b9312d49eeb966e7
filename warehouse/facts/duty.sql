-- Grain: one row per return that is owed: of a unit on a form for a period, on whose last day it lived and was of a kind
-- that owes the form.
select l.unit, o.form, o.period, o.due
from (
    select distinct period, last from unnest(%(duty_periods)s::text[], %(duty_lasts)s::date[]) as p (period, last)
) p
join (
    select unit, alive, on_date as since,
        lead(on_date, 1, 'infinity') over (partition by unit order by on_date, position) as until
    from unit_change where alive is not null and position <= %(position)s
) l on l.alive and l.since <= p.last and p.last < l.until
join (
    select unit, kind, on_date as since,
        lead(on_date, 1, 'infinity') over (partition by unit order by on_date, position) as until
    from unit_change where kind is not null and position <= %(position)s
) k on k.unit = l.unit and k.since <= p.last and p.last < k.until
join unnest(%(duty_forms)s::text[], %(duty_kinds)s::text[], %(duty_periods)s::text[], %(duty_dues)s::date[])
    as o (form, kind, period, due) on o.kind = k.kind and o.period = p.period
