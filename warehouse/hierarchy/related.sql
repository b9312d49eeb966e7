-- Grain: one row per unit asked for and unit that may act for it: itself, those that followed it, and all above these.
with recursive heir (of, unit) as (
    select unit, unit from unnest(%(units)s::uuid[]) as asked (unit)
    union
    select heir.of, s.successor
    from heir
    join succession s on s.unit = heir.unit and s.position <= %(position)s
),
above (of, unit) as (
    select * from heir
    union
    select above.of, c.parent
    from above
    join unit_change c on c.unit = above.unit and c.position <= %(position)s
    where c.parent is not null
)
select of::text, unit::text from above
