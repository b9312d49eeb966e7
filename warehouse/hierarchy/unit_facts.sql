-- Grain: one row per event about a unit that the rules for a batch must know, in log order.
with recursive touched as (
    select unnest(%(units)s::uuid[]) as unit
),
about as (
    select unit from touched
    union
    select unnest(%(others)s::uuid[])
    union
    select unit from unit_change where code in (
        select unnest(%(codes)s::text[]) union all select code from unit_change join touched using (unit)
    )
    union
    select unit from unit_change where parent = any(%(superiors)s::uuid[])
    union
    select s.unit from succession s join touched t on t.unit = s.successor
    union
    select s.successor from succession s where s.unit = any(%(units)s::uuid[] || %(others)s::uuid[])
),
above (unit) as (
    select unit from about
    union
    select c.parent from above join unit_change c using (unit) where c.parent is not null
)
select c.unit::text, c.on_date, c.alive, c.parent::text, c.code, c.level, c.name, c.kind,
    (select array_agg(s.successor::text order by s.successor) from succession s where s.position = c.position) as successors
from unit_change c
join above using (unit)
where c.position <= %(position)s
order by c.position
