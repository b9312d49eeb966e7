-- Grain: one row per unit asked for, period, and unit that may act for it in the period: itself, those that followed
-- it, and all that stood above these on a day of the period. Who has ended stays where it stood last.
-- What another event of its own day takes back held on no day.
with recursive heir (of, first, last, unit) as (
    select unit, first, last, unit
    from unnest(%(units)s::uuid[], %(firsts)s::date[], %(lasts)s::date[]) as asked (unit, first, last)
    union
    select heir.of, heir.first, heir.last, s.successor
    from heir
    join succession s on s.unit = heir.unit and s.position <= %(position)s
    where not exists (
        select from unit_change c
        where c.unit = s.unit and c.on_date = s.on_date and c.alive is not null
            and c.position > s.position and c.position <= %(position)s
    )
),
above (of, first, last, unit) as (
    select * from heir
    union
    select above.of, above.first, above.last, stood.parent
    from above
    cross join lateral (
        select parent, on_date as since, lead(on_date, 1, 'infinity') over (order by on_date, position) as until
        from unit_change
        where unit = above.unit and (parent is not null or alive) and position <= %(position)s
    ) stood
    where stood.parent is not null and stood.since < stood.until
        and stood.since <= above.last and stood.until > above.first
)
select of::text, first, last, unit::text from above
