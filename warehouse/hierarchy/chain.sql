-- Grain: one row per unit asked for, day and unit above it or itself, as said last by that day, the nearest first.
-- A unit that has ended stays under those that it stood under last.
with recursive above (of, day, unit, height) as (
    select unit, day, unit, 0 from unnest(%(units)s::uuid[], %(days)s::date[]) as asked (unit, day)
    union all
    select above.of, above.day, up.parent, above.height + 1
    from above
    cross join lateral (
        select parent from unit_change
        where unit = above.unit and on_date <= above.day and (parent is not null or alive) and position <= %(position)s
        order by on_date desc, position desc limit 1
    ) up
    where up.parent is not null
)
select of::text, day, unit::text from above order by of, day, height
