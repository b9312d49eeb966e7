-- Of every file, of the rows that are left of one that was erased, and of every comment it is kept whom they may name;
-- and of nothing else.
with owed as (
    select submission, 'file' as source from vault.file where sealed is not null
    union
    select submission, 'file' from vault.workbook where sealed is not null
    union
    select submission, 'comment' from vault.comment where sealed is not null
)
select case when m.submission is null then 'mention_missing' else 'mention_unknown' end as fault,
    coalesce(o.submission, m.submission)::text as submission, coalesce(o.source, m.source) as source
from owed o
full join vault.mention m using (submission, source)
where o.submission is null or m.submission is null
order by submission, source
