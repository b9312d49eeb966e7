-- Positions run 1, 2, 3 ... without a gap.
select 'log_gap' as fault, position as found, expected
from (select position, lag(position, 1, 0::bigint) over (order by position) + 1 as expected from events.event) e
where position <> expected
order by position
