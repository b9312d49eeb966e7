-- Grain: one row per run of the quality checks.
insert into quality (position, period, as_of, passed, results, root)
select position, data ->> 'period', (data ->> 'position')::bigint, (data ->> 'passed')::boolean, data -> 'results',
    (data ->> 'root')::uuid
from told where type = 'QualityChecked';
