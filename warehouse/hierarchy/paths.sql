-- Grain: one row per unit alive on the tree's day, as known at the position, with its path of units from the root.
with recursive known as (
    select unit, alive, parent, on_date, position from unit_change
    where on_date <= %(tree_on)s and position <= %(position)s
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
standing as materialized (
    select unit, parent from alive join parent using (unit)
),
-- Most units have none under them: only the others are walked, level by level.
superior as materialized (
    select distinct parent as unit from standing
),
walked (unit, path) as (
    select unit, array[unit] from standing where parent is null
    union all
    select s.unit, walked.path || s.unit
    from walked
    join standing s on s.parent = walked.unit
    where exists (select from superior where superior.unit = s.unit)
),
-- Once each, as it is: said again, for the planner takes a recursion for millions of rows.
above as materialized (
    select distinct on (unit) unit, path from walked order by unit
)
select unit, path from above
union all
select s.unit, above.path || s.unit
from standing s
join above on above.unit = s.parent
where not exists (select from superior where superior.unit = s.unit)
