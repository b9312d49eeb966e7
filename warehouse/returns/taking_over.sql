-- Grain: one row per person whose way is not at its end and of whom no unit reports: handed over to a unit that has not
-- said anything of them yet, or left behind by one that ended with none, or with several, to follow it. `unit` is the
-- one with which the person stands, `receiver` the one to which they were handed over, `path` where they are waited for.
newest as (
    select distinct on (subject) subject, unit, step, on_date, stated,
        array_position(%(steps)s::text[], step) as place
    from step
    where position_to is null and on_date <= %(tree_on)s and step <> 'transferred'
    order by subject, on_date desc, place desc, stated desc
),
handed_over as (
    select distinct on (subject) subject, receiver, on_date, stated,
        array_position(%(steps)s::text[], step) as place
    from step
    where position_to is null and on_date <= %(tree_on)s and step = 'transferred'
    order by subject, on_date desc, stated desc
),
-- A person is handed over until the newest word of them is another one.
stood as (
    select n.subject, n.unit, n.step, n.on_date, h.receiver, h.on_date as handed_over_on, h.subject is not null as away
    from newest n
    left join handed_over h
        on h.subject = n.subject and (h.on_date, h.place, h.stated) > (n.on_date, n.place, n.stated)
    where n.step <> all(%(ends)s)
)
select s.subject::text, s.step, s.on_date, s.unit::text, s.receiver::text, s.handed_over_on,
    place.path::text[], place.undecidable
from stood s
join place on place.unit = coalesce(s.receiver, s.unit)
where not (s.away and s.receiver is null) and (s.receiver <> s.unit or place.undecidable)
order by place.path, s.on_date, s.subject
