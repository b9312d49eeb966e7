-- Grain: one row per unit that had ended by the date, the last to end first.
select e.unit::text
from unit_change e
cross join lateral (
    select c.code from unit_change c
    where c.unit = e.unit and c.code is not null and c.on_date <= e.on_date and c.position <= %(position)s
    order by c.on_date desc, c.position desc limit 1
) as code
where not e.alive and e.on_date <= %(on)s and e.position <= %(position)s
    and upper(code.code) = upper(%(code)s)
    and not exists (
        select from unit_change c
        where c.unit = e.unit and c.alive is not null and c.on_date <= %(on)s and c.position <= %(position)s
            and (c.on_date, c.position) > (e.on_date, e.position)
    )
order by e.on_date desc, e.position desc
