-- Grain: one row per unit asked for and unit above it on the day asked for.
with recursive above (of, day, unit) as (
    select unit, day, unit from unnest(%(units)s::uuid[], %(days)s::date[]) as asked (unit, day)
    union
    select above.of, above.day, up.parent
    from above
    cross join lateral (
        select parent from unit_change
        where unit = above.unit and on_date <= above.day and (parent is not null or alive) and position <= %(position)s
        order by on_date desc, position desc limit 1
    ) up
    where up.parent is not null
)
select of::text, day, unit::text from above where unit <> of
