-- Grain: one row per run of the quality checks.
insert into quality (position, period, as_of, passed, results)
select position, data ->> 'period', (data ->> 'position')::bigint, (data ->> 'passed')::boolean, data -> 'results'
from told where type = 'QualityChecked';
