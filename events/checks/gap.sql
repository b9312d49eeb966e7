-- Positions run 1, 2, 3 ... without a gap.
select 'log_gap' as fault, position as found, expected
from (select position, row_number() over (order by position) as expected from events.event) e
where position <> expected
order by position
limit 1
