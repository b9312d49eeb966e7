-- Grain: one row per unit alive on the date that stands under nobody, as known at the position.
select c.unit::text, code.code, name.name, kind.kind, kind.level
from (select distinct unit from unit_change where alive and parent is null and position <= %(position)s) c
cross join lateral (
    select alive from unit_change
    where unit = c.unit and alive is not null and on_date <= %(on)s and position <= %(position)s
    order by on_date desc, position desc limit 1
) life
cross join lateral (
    select parent from unit_change
    where unit = c.unit and (parent is not null or alive) and on_date <= %(on)s and position <= %(position)s
    order by on_date desc, position desc limit 1
) above
cross join lateral (
    select code from unit_change
    where unit = c.unit and code is not null and on_date <= %(on)s and position <= %(position)s
    order by on_date desc, position desc limit 1
) code
cross join lateral (
    select name from unit_change
    where unit = c.unit and name is not null and on_date <= %(on)s and position <= %(position)s
    order by on_date desc, position desc limit 1
) name
cross join lateral (
    select kind, level from unit_change
    where unit = c.unit and kind is not null and on_date <= %(on)s and position <= %(position)s
    order by on_date desc, position desc limit 1
) kind
where life.alive and above.parent is null
order by code.code
