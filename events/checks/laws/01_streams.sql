-- The versions of each stream run 1, 2, 3 ... in the order of positions.
select 'log_version' as fault, position, stream_version as found, expected
from (
    select position, stream_version,
        lag(stream_version, 1, 0) over (partition by stream order by position) + 1 as expected
    from events.event
) e
where stream_version <> expected
order by position
