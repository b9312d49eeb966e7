-- Grain: one row per unit asked for that has ended, as have all that followed it: since when none of them lives.
with recursive heir (of, unit) as (
    select unit, unit from unnest(%(units)s::uuid[]) as asked (unit)
    union
    select heir.of, s.successor
    from heir
    join succession s on s.unit = heir.unit and s.position <= %(position)s
    -- What another event of its own day takes back held on no day.
    where not exists (
        select from unit_change c
        where c.unit = s.unit and c.on_date = s.on_date and c.alive is not null
            and c.position > s.position and c.position <= %(position)s
    )
)
select of::text, max(life.on_date) as since
from heir
cross join lateral (
    select alive, on_date from unit_change
    where unit = heir.unit and alive is not null and position <= %(position)s
    order by on_date desc, position desc limit 1
) life
group by of
having not bool_or(life.alive)
