-- Of every file that is kept, and of every comment, it is kept whom it may name; and of nothing else.
-- Of a file that was erased only the rows of others are left, if any.
with owed as (
    select submission, 'file' as source from vault.file where sealed is not null
    union all
    select submission, 'comment' from vault.comment where sealed is not null
),
allowed as (
    select submission, source from owed
    union
    select distinct submission, 'file' from vault.row where sealed is not null
)
select *
from (
    select case
            when m.submission is null then 'mention_missing'
            when a.submission is null then 'mention_unknown'
        end as fault,
        coalesce(o.submission, m.submission)::text as submission, coalesce(o.source, m.source) as source
    from owed o
    full join vault.mention m using (submission, source)
    left join allowed a using (submission, source)
) mention
where fault is not null
order by submission, source
