-- Every record of a person is one that an event committed to, in the order of the log, unless the person was
-- erased. What is sealed is opened elsewhere.
with identified as (
    select (body #>> '{data,subject}')::uuid as subject, body #>> '{data,commitment}' as commitment,
        min(position) as position
    from current_event
    where type = 'NomineeIdentified'
    group by 1, 2
),
numbered as (
    select *, row_number() over (partition by subject order by position) as version from identified
),
erased as (
    select distinct (body #>> '{data,subject}')::uuid as subject from current_event where type = 'SubjectErased'
)
select *
from (
    select case
            when i.subject is null then 'person_unknown'
            when p.subject is null then 'person_missing'
            when p.version <> i.version then 'person_version'
            when e.subject is not null and (p.likeness is not null or p.kept is not false) then 'person_not_erased'
            when e.subject is not null then null
            when p.likeness is null or p.kept is not true then 'person_lost'
        end as fault,
        coalesce(i.subject, p.subject)::text as subject, i.position
    from numbered i
    full join vault.person p on p.subject = i.subject and encode(p.commitment, 'hex') = i.commitment
    left join erased e on e.subject = coalesce(i.subject, p.subject)
) person
where fault is not null
order by position nulls last
