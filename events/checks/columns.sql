-- Events whose leaf hash, stream, version or type is not what the body says, as far as that shows without opening the
-- body: keys are sorted, so a body ends with them. Written to run in parallel, at little more than sha256; bytes, since
-- letters would have to be counted.
with known as (
    select type, version::integer, '","type":"' || type || '","v":' || version || ',"version":' as written
    from json_each_text(cast(%(versions)s as json)) as known (type, version)
)
select position
from events.event
left join known using (type)
where leaf_hash is distinct from sha256('\x00'::bytea || convert_to(body::text, 'UTF8'))
    or written is null
    or substr(
        convert_to(body::text, 'UTF8'),
        octet_length(body::text) - octet_length(',"stream":"' || stream || written || stream_version)
    ) is distinct from convert_to(',"stream":"' || stream || written || stream_version || '}', 'UTF8')
    -- What is rare is looked at twice: events that correct another, or were written by an older version.
    and (
        -- No stream has what a pattern would not take as it stands.
        stream ~ '[^-a-zA-Z0-9.]'
        or body::text !~ (
            ',"stream":"' || replace(stream, '.', '[.]') || '"(,"supersedes":[1-9][0-9]*)?,"type":"' || type
            || '","v":[1-9][0-9]*,"version":' || stream_version || '}$'
        )
        or substring(body::text from '"v":([0-9]+),"version":[0-9]+}$')::integer > version
    )
