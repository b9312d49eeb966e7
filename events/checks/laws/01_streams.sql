-- The versions of each stream run 1, 2, 3 ... in the order of positions.
select 'log_version' as fault, position, stream_version as found, expected
from (
    select position, stream_version, row_number() over (partition by stream order by position) as expected
    from events.event
) e
where stream_version <> expected
order by position
limit 1
