-- Grain: one row per unit and stretch of days on which its code, name, kind, level and parent are the same.
with day as (
    select unit, on_date,
        (array_agg(code order by position desc) filter (where code is not null))[1] as code,
        (array_agg(name order by position desc) filter (where name is not null))[1] as name,
        (array_agg(kind order by position desc) filter (where kind is not null))[1] as kind,
        (array_agg(level order by position desc) filter (where level is not null))[1] as level,
        (array_agg(parent order by position desc) filter (where parent is not null or alive))[1] as parent,
        bool_or(parent is not null or alive) as placed,
        (array_agg(alive order by position desc) filter (where alive is not null))[1] as alive
    from unit_change
    group by unit, on_date
),
run as (
    select *,
        count(code) over so_far as code_run,
        count(name) over so_far as name_run,
        count(kind) over so_far as kind_run,
        count(level) over so_far as level_run,
        count(*) filter (where placed) over so_far as parent_run,
        count(alive) over so_far as alive_run,
        lead(on_date) over so_far as valid_until
    from day
    window so_far as (partition by unit order by on_date)
),
filled as (
    select unit, on_date as valid_from, valid_until,
        first_value(code) over (partition by unit, code_run order by on_date) as code,
        first_value(name) over (partition by unit, name_run order by on_date) as name,
        first_value(kind) over (partition by unit, kind_run order by on_date) as kind,
        first_value(level) over (partition by unit, level_run order by on_date) as level,
        first_value(parent) over (partition by unit, parent_run order by on_date) as parent,
        first_value(alive) over (partition by unit, alive_run order by on_date) as alive
    from run
)
select unit, valid_from, valid_until, code, name, kind, level, parent
from filled
where alive
