-- Grain: one row per unit asked for and unit that may act for it: itself, those that followed it, and all above these.
-- What another event of its own day takes back held on no day.
with recursive heir (of, unit) as (
    select unit, unit from unnest(%(units)s::uuid[]) as asked (unit)
    union
    select heir.of, s.successor
    from heir
    join succession s on s.unit = heir.unit and s.position <= %(position)s
    where not exists (
        select from unit_change c
        where c.unit = s.unit and c.on_date = s.on_date and c.alive is not null
            and c.position > s.position and c.position <= %(position)s
    )
),
above (of, unit) as (
    select * from heir
    union
    select above.of, c.parent
    from above
    join unit_change c on c.unit = above.unit and c.position <= %(position)s
    where c.parent is not null
        and not exists (
            select from unit_change later
            where later.unit = c.unit and later.on_date = c.on_date and (later.parent is not null or later.alive)
                and later.position > c.position and later.position <= %(position)s
        )
)
select of::text, unit::text from above
