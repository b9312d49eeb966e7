-- Grain: one row per unit that had ended by the period's last day.
select e.unit
from unit_change e
where not e.alive and e.on_date <= %(period_last)s and e.position <= %(position)s
    and not exists (
        select from unit_change c
        where c.unit = e.unit and c.alive is not null and c.on_date <= %(period_last)s and c.position <= %(position)s
            and (c.on_date, c.position) > (e.on_date, e.position)
    )
