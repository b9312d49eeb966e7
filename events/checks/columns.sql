-- The first event whose leaf hash or columns do not say what its body says, as far as that shows without opening the
-- body: keys are sorted, so it begins with its time and ends with stream, type and version. Time of one read of all.
with known as (
    select type, version::integer, ',"type":"' || type || '","v":' || version || ',"version":' as written
    from json_each_text(cast(%(versions)s as json)) as known (type, version)
)
select min(position) filter (
    where leaf_hash is distinct from sha256('\x00'::bytea || bytes)
        or substring(bytes for 35) is distinct from convert_to(
            '{"at":"' || to_char(recorded_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') || '"', 'UTF8'
        )
        or ending is null
        -- What is rare is looked at twice: events that correct another, or were written by an older version.
        or substring(bytes from octet_length(bytes) - octet_length(ending) + 1) is distinct from ending and (
            convert_from(bytes, 'UTF8') !~ (
                ',"stream":"' || replace(stream, '.', '[.]') || '"(,"supersedes":[1-9][0-9]*)?,"type":"' || type
                || '","v":[1-9][0-9]*,"version":' || stream_version || '}$'
            )
            or substring(convert_from(bytes, 'UTF8') from '"v":([0-9]+),"version":[0-9]+}$')::integer > version
        )
)
from events.event
left join known using (type)
-- With `offset`, computed once for each event.
cross join lateral (
    select convert_to(body::text, 'UTF8') as bytes,
        convert_to(',"stream":"' || stream || '"' || written || stream_version || '}', 'UTF8') as ending
    offset 0
) said
