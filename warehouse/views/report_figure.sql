-- Grain: one row per compiled report and figure of the unit that it is about.
select r.position as report, r.unit, c.said #>> '{rows,0,code}' as unit_code, r.period, r.as_of, r.tree_on, r.compiled_at,
    r.newest = r.position as is_latest, f.figure ->> 'code' as figure, v.value::numeric as value
from (
    select *, max(position) over (partition by unit, period) as newest from report
) r
join issued.content k using (content_hash)
cross join lateral (
    select convert_from(k.content, 'UTF8')::json as said offset 0
) c
cross join lateral json_array_elements(c.said -> 'columns') with ordinality as f (figure, place)
join lateral json_array_elements_text(c.said #> '{rows,0,values}') with ordinality as v (value, place) using (place)
