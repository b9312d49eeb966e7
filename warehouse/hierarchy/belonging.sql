-- Grain: one row per unit that ever was, with kind and name, on the period's last day, of the organisation that it
-- belongs to: its superior's where it is a branch, else its own. What had not begun by then counts as on its first day.
with known as (
    select unit, kind, name, parent, alive, position, on_date <= %(period_last)s as begun,
        case when on_date <= %(period_last)s then on_date - date '1900-01-01' else date '1900-01-01' - on_date end as nearness
    from unit_change
    where position <= %(position)s
),
kinds as (
    select distinct on (unit) unit, kind from known where kind is not null
    order by unit, begun desc, nearness desc, position desc
),
parents as (
    select distinct on (unit) unit, parent from known where parent is not null or alive
    order by unit, begun desc, nearness desc, position desc
),
member as (
    select unit, case kinds.kind when 'branch' then coalesce(parent, unit) else unit end as organisation
    from kinds
    left join parents using (unit)
),
-- Few: it is their names that are sorted, not those of all branches.
organisation as materialized (
    select distinct on (unit) unit, kinds.kind, known.name
    from (select distinct organisation as unit from member) organisations
    join kinds using (unit)
    left join known using (unit)
    where known.name is not null
    order by unit, begun desc, nearness desc, known.position desc
)
select member.unit, organisation.kind, organisation.name
from member
left join organisation on organisation.unit = organisation
