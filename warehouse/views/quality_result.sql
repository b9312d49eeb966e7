-- Grain: one row per check in each run of the quality checks.
select q.position, r.number::integer as number, q.period, q.root, q.as_of, r.result ->> 'table' as table_name,
    r.result ->> 'expectation' as expectation, r.result ->> 'severity' as severity, (r.result ->> 'met')::boolean as met,
    coalesce((r.result ->> 'unexpected')::bigint, 0) as unexpected
from quality q
cross join lateral jsonb_array_elements(q.results) with ordinality as r (result, number)
