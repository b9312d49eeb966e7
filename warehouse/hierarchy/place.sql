-- Grain: one row per unit that ever was, with the units of the tree, from the root, that its figures add to.
-- A unit that does not live on the tree's day is followed to those that do: from its end through its successors, or,
-- where it began later, back through those whom it succeeded. Where they are several, or none and only the superior is
-- left, the figures belong to what all of them are under, on a line of their own that bears the unit's id.
with recursive gone as materialized (
    select distinct on (unit) unit, position, on_date, on_date <= %(tree_on)s as ended
    from unit_change
    where alive is not null and position <= %(position)s
        and not exists (select from tree where tree.unit = unit_change.unit)
    order by unit, on_date <= %(tree_on)s desc, case when on_date <= %(tree_on)s then on_date end desc, on_date,
        position desc
),
followed as (
    select g.unit, s.successor as next
    from gone g
    join succession s on s.unit = g.unit and s.position = g.position
    where g.ended
    union all
    select g.unit, s.unit
    from gone g
    join succession s on s.successor = g.unit and s.on_date = g.on_date and s.position <= %(position)s
    where not g.ended
        and not exists (
            select from unit_change c
            where c.unit = s.unit and c.on_date = s.on_date and c.alive is not null
                and c.position > s.position and c.position <= %(position)s
        )
),
followed_or_under as materialized (
    select unit, next, false as without_heir from followed
    union all
    select g.unit, above.parent, true
    from gone g
    cross join lateral (
        select c.parent from unit_change c
        where c.unit = g.unit and c.on_date <= g.on_date and c.position <= %(position)s
            and (c.parent is not null or c.alive)
        order by c.on_date desc, c.position desc
        limit 1
    ) as above
    where above.parent is not null and not exists (select from followed f where f.unit = g.unit)
),
walked (unit, heir, without_heir) as (
    select * from followed_or_under
    union
    select w.unit, f.next, w.without_heir or f.without_heir
    from walked w
    join followed_or_under f on f.unit = w.heir
),
heir as materialized (
    select w.unit, w.heir, t.path, bool_or(w.without_heir) as without_heir
    from walked w
    join tree t on t.unit = w.heir
    group by w.unit, w.heir, t.path
),
heirs as (
    select unit, count(*) as number, count(*) > 1 or bool_or(without_heir) as undecidable from heir group by unit
),
shared as (
    select h.unit, ancestor, depth
    from heir h
    join heirs n on n.unit = h.unit,
        unnest(h.path) with ordinality as up (ancestor, depth)
    group by h.unit, ancestor, depth, n.number
    having count(*) = n.number
),
above as (
    select unit, array_agg(ancestor order by depth) as path from shared group by unit
)
select unit, path, false as undecidable from tree
union all
select g.unit,
    coalesce(a.path, '{}'::uuid[]) || case when coalesce(h.undecidable, true) then array[g.unit] else '{}'::uuid[] end,
    coalesce(h.undecidable, true)
from gone g
left join heirs h using (unit)
left join above a using (unit)
