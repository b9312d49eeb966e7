-- The content of every report that was compiled is kept under its hash; and no other content.
with compiled as (
    select body #>> '{data,content_hash}' as content_hash, min(position) as position
    from current_event
    where type = 'ReportCompiled'
    group by 1
)
select *
from (
    select case
            when c.content_hash is null then 'report_unknown'
            when k.content_hash is null then 'report_missing'
            when encode(sha256(k.content), 'hex') <> k.content_hash then 'report_changed'
        end as fault,
        coalesce(c.content_hash, k.content_hash) as hash, c.position
    from compiled c
    full join issued.content k using (content_hash)
) report
where fault is not null
order by position nulls last
