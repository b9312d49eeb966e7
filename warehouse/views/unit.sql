-- Grain: one row per unit that ever was, as it stands today or stood last.
with today as (
    select {today} as day
),
placed as (
    select t.unit::uuid as unit, string_agg(above.code, '/' order by place) as path, count(*)::integer - 1 as depth
    from ({tree}) t
    cross join lateral unnest(string_to_array(t.path, '/')) with ordinality as way (unit, place)
    join ({tree}) above on above.unit = way.unit
    group by t.unit
),
dated as (
    select c.*, c.on_date <= today.day as past, abs(c.on_date - today.day) as away from unit_change c, today
),
latest as (
    select unit,
        (array_agg(code order by past desc, away, position desc) filter (where code is not null))[1] as code,
        (array_agg(name order by past desc, away, position desc) filter (where name is not null))[1] as name,
        (array_agg(kind order by past desc, away, position desc) filter (where kind is not null))[1] as kind,
        (array_agg(level order by past desc, away, position desc) filter (where level is not null))[1] as level,
        (array_agg(parent order by past desc, away, position desc) filter (where parent is not null or alive))[1]
            as parent,
        coalesce((array_agg(alive order by away, position desc) filter (where past and alive is not null))[1], false)
            as living,
        min(on_date) filter (where alive) as established_on,
        max(on_date) filter (where not alive) as ended_on
    from dated
    group by unit
)
select l.unit, l.code, l.name, l.kind, l.level, l.parent, l.living, s.path, s.depth, l.established_on,
    case when not l.living then l.ended_on end as ended_on
from latest l
left join placed s using (unit)
