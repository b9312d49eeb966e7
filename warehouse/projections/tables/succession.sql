-- Grain: one row per unit that ended and each unit that follows it.
insert into succession (position, unit, successor, on_date)
select position, (data ->> 'unit')::uuid, s.successor::uuid, (data ->> 'on')::date
from told
cross join lateral (
    select data ->> 'successor' where data ? 'successor'
    union all
    select jsonb_array_elements_text(data -> 'successors')
) as s (successor)
where type in ('UnitMerged', 'UnitDivided');
