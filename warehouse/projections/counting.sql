-- Grain: one row per time at which another statement of one thing begins to count in place of the one before.
-- Either may be missing: nothing was stated before, or nothing is any more. `until` is the next such time in the range.
create temp table counting on commit drop as
with moment as (
    select key, position as at from statement where position > %(after)s
    union
    select s.key, superseded.position_to from superseded join statement s using (position)
),
judged as (
    select m.key, m.at,
        (array_agg(s.position order by s.last desc, s.position desc)
            filter (where s.position < m.at and coalesce(s.position_to >= m.at, true)))[1] as before,
        (array_agg(s.position order by s.last desc, s.position desc)
            filter (where s.position <= m.at and coalesce(s.position_to > m.at, true)))[1] as now
    from moment m
    join statement s using (key)
    group by m.key, m.at
)
select key, at, before, now, lead(at) over by_key as until, row_number() over by_key = 1 as first
from judged
where before is distinct from now
window by_key as (partition by key order by at)
