-- Grain: one row per report compiled for a unit and a period.
insert into report (position, unit, period, as_of, tree_on, content_hash, code_version, compiled_at)
select e.position, d.unit, d.period, d.position, d.tree_on, d.content_hash, d.code_version, e.recorded_at
from events.event e
cross join lateral json_to_record(e.body -> 'data') as d (
    unit uuid, period text, position bigint, tree_on date, content_hash text, code_version text
)
where e.position > %(after)s and e.position <= %(upto)s and e.type = 'ReportCompiled';
