-- Grain: one row per unit that ended and each unit that follows it.
insert into succession (position, unit, successor, on_date)
select e.position, d.unit, s.successor, d."on"
from events.event e
cross join lateral json_to_record(e.body -> 'data') as d (unit uuid, "on" date, successor uuid, successors json)
cross join lateral (
    select d.successor where d.successor is not null
    union all
    select follower::uuid from json_array_elements_text(d.successors) as follower
) as s
where e.position > %(after)s and e.position <= %(upto)s and e.type in ('UnitMerged', 'UnitDivided');
