-- Grain: one row per report compiled for a unit and a period.
insert into report (position, unit, period, as_of, tree_on, content_hash, code_version, compiled_at)
select position, (data ->> 'unit')::uuid, data ->> 'period', (data ->> 'position')::bigint,
    (data ->> 'tree_on')::date, data ->> 'content_hash', data ->> 'code_version', recorded_at
from told where type = 'ReportCompiled';
