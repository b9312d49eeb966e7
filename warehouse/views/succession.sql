-- Grain: one row per unit that ended and each unit that follows it.
-- Only ends that hold: the last that was recorded for its day, of a unit that had not ended before.
select position, unit, successor, on_date
from succession s
where not exists (
    select from unit_change c
    where c.unit = s.unit and c.on_date = s.on_date and c.alive is not null and c.position > s.position
)
and coalesce((
    select c.alive from unit_change c
    where c.unit = s.unit and c.on_date < s.on_date and c.alive is not null
    order by c.on_date desc, c.position desc limit 1
), true)
