-- What was appended together has one time, which is that of its bodies, and time never runs backwards.
select case when said then 'log_time' else 'log_column' end as fault,
    case when said then first end as found, case when not said then first end as position,
    case when not said then 'recorded_at' end as column
from (
    select first,
        opening is not distinct from
            '{"at":"' || to_char(recorded_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') || '"' as said,
        recorded_at < lag(recorded_at) over log or first < lag(last) over log as backwards
    from (
        select recorded_at, left(body::text, 35) as opening, min(position) as first, max(position) as last
        from events.event
        group by recorded_at, opening
    ) appended
    window log as (order by first)
) appended
where not said or backwards
order by first
