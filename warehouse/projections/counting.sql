-- Grain: one row per stretch of the log in which a statement counts, of those that begin or end in the range and of
-- things that anything else was ever stated of: what is stated for the first time counts from then on, and has no row.
-- `position` is null where it began before the range, `position_to` where it goes on. A statement that did not count
-- when it was made has a stretch of nothing beside.
create temp table counting on commit drop as
with contested as (
    select s.key
    from superseded
    cross join lateral (select key from statement s where s.position = superseded.position offset 0) s
    union
    select n.key
    from statement n
    -- Looked up one by one, as all below: the planner knows nothing of a new table, and they are few of a long one.
    cross join lateral (select from statement s where s.key = n.key and s.position <> n.position limit 1) other
    where n.position > %(after)s
),
standing as materialized (
    select s.key, s.position, s.position_to, s.last
    from contested
    cross join lateral (select * from statement s where s.key = contested.key offset 0) s
),
moment as (
    select key, position as at from standing where position > %(after)s
    union
    select key, position_to from standing where position_to > %(after)s
),
judged as (
    select m.key, m.at,
        (array_agg(s.position order by s.last desc, s.position desc)
            filter (where s.position < m.at and coalesce(s.position_to >= m.at, true)))[1] as before,
        (array_agg(s.position order by s.last desc, s.position desc)
            filter (where s.position <= m.at and coalesce(s.position_to > m.at, true)))[1] as now
    from moment m
    join standing s using (key)
    group by m.key, m.at
),
changed as materialized (
    select at, before, now, lead(at) over by_key as until, row_number() over by_key = 1 as first
    from judged
    where before is distinct from now
    window by_key as (partition by key order by at)
)
select now as stated, at as position, until as position_to from changed where now is not null
union all
select before, null, at from changed where first and before is not null
union all
select s.position, s.position, s.position
from standing s
where s.position > %(after)s and not exists (select from changed where now = s.position and at = s.position)
