-- Grain: one row per unit that bore the code on a day of the period on which it lived: its last such day in the period,
-- and the code, name, kind and superior's kind then; the one that bore it latest comes first.
with borne as (
    select unit, code, on_date as since,
        lead(on_date, 1, 'infinity') over (partition by unit order by on_date, position) as until
    from unit_change
    where code is not null and position <= %(position)s
        and unit in (select unit from unit_change where upper(code) = upper(%(code)s) or unit::text = %(code)s)
),
life as (
    select unit, alive, on_date as since,
        lead(on_date, 1, 'infinity') over (partition by unit order by on_date, position) as until
    from unit_change
    where alive is not null and position <= %(position)s and unit in (select unit from borne)
),
bearer as (
    select b.unit, max(least(b.until - 1, l.until - 1, %(last)s::date)) as last_day
    from borne b
    join life l on l.unit = b.unit and l.alive and greatest(l.since, b.since) < least(l.until, b.until)
    where (upper(b.code) = upper(%(code)s) or b.unit::text = %(code)s)
        and greatest(b.since, l.since) <= %(last)s and least(b.until, l.until) > %(first)s
    group by b.unit
)
select b.unit::text, b.last_day, code.code, name.name, kind.kind, under.kind
from bearer b
cross join lateral (
    select code from unit_change c where c.unit = b.unit and code is not null and on_date <= b.last_day
        and position <= %(position)s order by on_date desc, position desc limit 1
) code
cross join lateral (
    select name from unit_change c where c.unit = b.unit and name is not null and on_date <= b.last_day
        and position <= %(position)s order by on_date desc, position desc limit 1
) name
cross join lateral (
    select kind from unit_change c where c.unit = b.unit and kind is not null and on_date <= b.last_day
        and position <= %(position)s order by on_date desc, position desc limit 1
) kind
left join lateral (
    select s.kind
    from (
        select parent from unit_change c where c.unit = b.unit and (parent is not null or alive)
            and on_date <= b.last_day and position <= %(position)s order by on_date desc, position desc limit 1
    ) superior
    join unit_change s on s.unit = superior.parent and s.kind is not null and s.on_date <= b.last_day
        and s.position <= %(position)s
    order by s.on_date desc, s.position desc limit 1
) under on true
order by b.last_day desc, code.code
