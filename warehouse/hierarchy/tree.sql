-- Grain: one row per unit alive on the date, as known at the position, in tree order.
with recursive known as (
    select * from unit_change where on_date <= %(tree_on)s and position <= %(position)s
),
alive as (
    select unit from (
        select distinct on (unit) unit, alive from known where alive is not null
        order by unit, on_date desc, position desc
    ) latest where alive
),
parent as (
    select distinct on (unit) unit, parent from known
    where parent is not null or alive
    order by unit, on_date desc, position desc
),
code as (
    select distinct on (unit) unit, code from known where code is not null order by unit, on_date desc, position desc
),
name as (
    select distinct on (unit) unit, name from known where name is not null order by unit, on_date desc, position desc
),
kind as (
    select distinct on (unit) unit, kind, level from known
    where kind is not null order by unit, on_date desc, position desc
),
standing as (
    select alive.unit, parent.parent, code.code, name.name, kind.kind, kind.level,
        array[to_char(array_position(%(kinds)s, kind.kind), 'FM00'), code.code] as place
    from alive
    join parent using (unit)
    join code using (unit)
    join name using (unit)
    join kind using (unit)
),
walked as (
    select standing.*, unit::text as path, place as sort from standing where parent is null
    union all
    select standing.*, walked.path || '/' || standing.unit, walked.sort || standing.place
    from walked join standing on standing.parent = walked.unit
)
select unit::text, parent::text, code, name, kind, level, path from walked order by sort;
