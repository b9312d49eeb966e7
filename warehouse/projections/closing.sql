-- Grain: one row per closing of a period for a unit and all units under it.
insert into closing (position, unit, period, as_of, reports, closed_at)
select e.position, d.unit, d.period, d.position, d.reports, e.recorded_at
from events.event e
cross join lateral json_to_record(e.body -> 'data') as d (unit uuid, period text, position bigint, reports integer)
where e.position > %(after)s and e.position <= %(upto)s and e.type = 'PeriodClosed';
