-- Everybody who was identified is known by a match and has a key, unless erased; and nobody else.
with identified as (
    select (body #>> '{data,subject}')::uuid as subject, min(position) as position
    from current_event
    where type = 'NomineeIdentified'
    group by 1
),
erased as (
    select distinct (body #>> '{data,subject}')::uuid as subject from current_event where type = 'SubjectErased'
)
select *
from (
    select case
            when i.subject is null then 'subject_unknown'
            when s.subject is null then 'subject_missing'
            when num_nonnulls(s.match, s.slot) > 0 and e.subject is not null then 'subject_not_erased'
            when num_nulls(s.match, s.slot) > 0 and e.subject is null then 'subject_lost'
        end as fault,
        coalesce(i.subject, s.subject)::text as subject, i.position
    from identified i
    full join vault.subject s using (subject)
    left join erased e on e.subject = coalesce(i.subject, s.subject)
) subject
where fault is not null
order by position nulls last
