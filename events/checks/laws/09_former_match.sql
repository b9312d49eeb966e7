-- The former matches of a person run 1, 2, 3 ..., are of somebody known, and are gone once that person was erased. What
-- each of them is a match of, only the key can tell.
with identified as (
    select distinct (body #>> '{data,subject}')::uuid as subject from current_event where type = 'NomineeIdentified'
),
erased as (
    select distinct (body #>> '{data,subject}')::uuid as subject from current_event where type = 'SubjectErased'
)
select *
from (
    select case
            when i.subject is null then 'former_match_unknown'
            when f.number <> row_number() over (partition by f.subject order by f.number) then 'former_match_missing'
            when f.match is not null and e.subject is not null then 'former_match_not_erased'
        end as fault,
        f.subject::text as subject
    from vault.former_match f
    left join identified i using (subject)
    left join erased e using (subject)
) former_match
where fault is not null
order by subject
