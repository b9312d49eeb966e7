-- Who was erased is known again by the marks that the event committed to, until that was lifted; and nobody else is.
with erased as (
    select distinct on (subject) subject, position, type, marks
    from (
        select (body #>> '{data,subject}')::uuid as subject, position, type, body #>> '{data,marks}' as marks
        from current_event
        where type in ('SubjectErased', 'ErasureLifted')
    ) told
    order by subject, position desc
),
kept as (
    select subject, encode(sha256(string_agg(mark, ''::bytea order by mark)), 'hex') as marks
    from vault.tombstone
    group by subject
)
select *
from (
    select case
            when e.subject is null or e.type = 'ErasureLifted' then 'tombstone_unknown'
            when k.subject is null then 'tombstone_missing'
            else 'tombstone_changed'
        end as fault,
        coalesce(e.subject, k.subject)::text as subject, e.position
    from erased e
    full join kept k using (subject)
    where case when e.type = 'SubjectErased' then e.marks end is distinct from k.marks
) tombstone
order by position nulls last
