-- The head is one row and says what the last event says; no event stands before the first position.
select case when e.first < 1 then 'log_gap' else 'log_head' end as fault, least(e.first, e.last) as found, 1 as expected,
    coalesce(e.last, 0) as last
from (select min(position) as first, max(position) as last from events.event) e
where e.first < 1
    or (select count(*) from events.head) <> 1
    or not exists (
        select from events.head h left join events.event l on l.position = h.position
        where h.one and h.position = coalesce(e.last, 0)
            and h.recorded_at = coalesce(l.recorded_at, '2000-01-01T00:00:00Z')
    )
