-- Grain: one row per return that is owed: of a unit on a form for a period, on whose last day it lived and was of a kind
-- that owes the form. `in_time_until` is the day on which it is due, or the last of the days of grace after it.
with recursive owed as (
    select *
    from unnest(%(duty_scopes)s::uuid[], %(duty_forms)s::text[], %(duty_kinds)s::text[], %(duty_periods)s::text[],
        %(duty_lasts)s::date[], %(duty_dues)s::date[], %(duty_in_time_untils)s::date[])
        as o (scope, form, kind, period, last, due, in_time_until)
),
day as (
    select distinct period, last from owed
),
-- All that stands under a unit for which something was laid down, whether it lives or not.
under (scope, last, unit, distance) as (
    select scope, last, scope, 0
    from (select distinct scope from unnest(%(duty_units)s::uuid[]) as laid_down (scope)) scopes
    cross join (select distinct last from owed) days
    union all
    select u.scope, u.last, c.unit, u.distance + 1
    from under u
    join unit_change c on c.parent = u.unit and c.on_date <= u.last and c.position <= %(position)s
    where not exists (
        select from unit_change n
        where n.unit = c.unit and n.on_date <= u.last and n.position <= %(position)s
            and (n.parent is not null or n.alive) and (n.on_date, n.position) > (c.on_date, c.position)
    )
),
governed as (
    select distinct on (unit, last) unit, last, scope from under order by unit, last, distance
)
select l.unit, o.form, o.period, o.due, o.in_time_until
from day p
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
left join governed g on g.unit = l.unit and g.last = p.last
join owed o on o.kind = k.kind and o.period = p.period and o.scope = coalesce(g.scope, %(nobody)s::uuid)
