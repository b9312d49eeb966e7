-- The versions of each stream run 1, 2, 3 ... in the order of positions. As they are indexed they are read quickest; only
-- where something is wrong it is worked out which events are.
with wrong as (
    select 1
    from (
        select position, stream_version, lag(position, 1, 0::bigint) over stream as before,
            lag(stream_version, 1, 0) over stream + 1 as expected
        from events.event
        window stream as (partition by stream order by stream_version)
    ) e
    where stream_version <> expected or position <= before
    limit 1
)
select 'log_version' as fault, position, stream_version as found, expected
from (
    select position, stream_version,
        lag(stream_version, 1, 0) over (partition by stream order by position) + 1 as expected
    from events.event
    where exists (select from wrong)
) e
where stream_version <> expected
order by position
