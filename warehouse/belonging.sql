-- Grain: one row per unit that ever was, with kind and name, on the period's last day, of the organisation that it
-- belongs to: its superior's where it is a branch, else its own. What had not begun by then counts as on its first day.
with known as (
    select unit, kind, name, parent, alive, position, on_date <= %(last)s as begun,
        case when on_date <= %(last)s then on_date - date '1900-01-01' else date '1900-01-01' - on_date end as nearness
    from unit_change
    where position <= %(position)s
),
kinds as (
    select distinct on (unit) unit, kind from known where kind is not null
    order by unit, begun desc, nearness desc, position desc
),
names as (
    select distinct on (unit) unit, name from known where name is not null
    order by unit, begun desc, nearness desc, position desc
),
parents as (
    select distinct on (unit) unit, parent from known where parent is not null or alive
    order by unit, begun desc, nearness desc, position desc
)
select own.unit, above_kind.kind, above_name.name
from kinds own
left join parents on parents.unit = own.unit and own.kind = 'branch'
left join kinds above_kind on above_kind.unit = coalesce(parents.parent, own.unit)
left join names above_name on above_name.unit = coalesce(parents.parent, own.unit)
