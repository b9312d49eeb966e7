-- The head is one row and says what the last event says.
select 'log_head' as fault, last.position as last
from (
    select coalesce(max(position), 0) as position,
        coalesce((array_agg(recorded_at order by position desc))[1], '2000-01-01T00:00:00Z') as recorded_at
    from (select position, recorded_at from events.event order by position desc limit 1) e
) last
where (select count(*) from events.head) <> 1
    or not exists (
        select from events.head h where h.one and h.position = last.position and h.recorded_at = last.recorded_at
    )
