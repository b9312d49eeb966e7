-- Grain: one row per run of the quality checks.
insert into quality (position, period, as_of, passed, results)
select e.position, d.period, d.position, d.passed, d.results
from events.event e
cross join lateral json_to_record(e.body -> 'data') as d (period text, position bigint, passed boolean, results json)
where e.position > %(after)s and e.position <= %(upto)s and e.type = 'QualityChecked';
