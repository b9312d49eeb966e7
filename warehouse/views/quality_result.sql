-- Grain: one row per check in each run of the quality checks.
select q.position, r.number::integer as number, q.period, q.as_of, r.said ->> 'table' as table_name,
    r.said ->> 'expectation' as expectation, r.said ->> 'severity' as severity, (r.said ->> 'met')::boolean as met,
    coalesce((r.said ->> 'unexpected')::bigint, 0) as unexpected
from quality q
cross join lateral jsonb_array_elements(q.results) with ordinality as r (said, number)
