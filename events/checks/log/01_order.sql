-- Positions run 1, 2, 3 ... without a gap, and time never runs backwards.
select case when position <> expected then 'log_gap' else 'log_time' end as fault, position as found, expected
from (
    select position, row_number() over w as expected, recorded_at, lag(recorded_at) over w as before
    from events.event
    window w as (order by position)
) e
where position <> expected or recorded_at < before
order by position
limit 1
