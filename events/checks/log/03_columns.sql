-- The columns of an event say what its body says, and the leaf hash is that of RFC 9162 over the body.
select 'log_column' as fault, position, wrong as "column"
from (
    select e.position, case
        when e.leaf_hash is distinct from sha256('\x00'::bytea || convert_to(e.body::text, 'UTF8')) then 'leaf_hash'
        when e.stream is distinct from b.stream then 'stream'
        when e.stream_version::text is distinct from b.version then 'stream_version'
        when e.type is distinct from b.type then 'type'
        when to_char(e.recorded_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') is distinct from b.at
            then 'recorded_at'
    end as wrong
    from events.event e
    left join lateral json_to_record(case when json_typeof(e.body) = 'object' then e.body end)
        as b (at text, stream text, type text, version text) on true
) e
where wrong is not null
order by position
limit 1
