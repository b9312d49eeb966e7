-- Grain: one row per event of the range, its body parsed once for all projections; what is quarantined is left out.
create temp table told on commit drop as
select position, stream, type, recorded_at, body -> 'data' as data, body -> 'cause' as cause,
    (body ->> 'supersedes')::integer as supersedes
from (
    select position, stream, type, recorded_at, body::jsonb as body from events.event
    where position > %(after)s and position <= %(upto)s and position <> all (%(passed)s)
    offset 0 -- else it would be parsed for each column
) parsed
