-- Grain: one row per statement that an event of the range corrects or retracts, with the position of the first that does.
create temp table superseded on commit drop as
select old.position, min(told.position) as position_to
from told
cross join lateral (
    -- A few are looked up in a long log, which the planner cannot know of a new table.
    select e.position from events.event e
    where e.stream = told.stream and e.stream_version = told.supersedes
    offset 0
) as old
where told.supersedes is not null
group by old.position
