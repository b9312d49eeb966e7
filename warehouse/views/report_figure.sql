-- Grain: one row per compiled report and figure of the unit that it is about.
select r.position as report, r.unit, c.unit_code, r.period, r.as_of, r.tree_on, r.compiled_at,
    r.newest = r.position as is_latest, f.figure ->> 'code' as figure, v.value::numeric as value
from (
    select *, max(position) over (partition by unit, period) as newest from report
) r
join issued.content k using (content_hash)
cross join lateral (
    -- A content is long: `offset 0` keeps it from being read once for every figure.
    select report #>> '{rows,0,code}' as unit_code, report -> 'columns' as columns, report #> '{rows,0,values}' as values
    from (select convert_from(k.content, 'UTF8')::json as report offset 0) whole
    offset 0
) c
cross join lateral json_array_elements(c.columns) with ordinality as f (figure, place)
join lateral json_array_elements_text(c.values) with ordinality as v (value, place) using (place)
