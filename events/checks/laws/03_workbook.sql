-- The rows kept are those of a valid workbook, and have content, unless erased. What is sealed is opened elsewhere.
with valid as (
    select position, (body #>> '{data,submission}')::uuid as submission
    from current_event
    where type = 'SubmissionFoundValid'
),
erased as (
    select distinct submission::uuid
    from current_event, json_array_elements_text(body #> '{data,submissions}') as submission
    where type = 'SubjectErased'
)
select *
from (
    select case
            when v.submission is null then 'workbook_unknown'
            when w.sealed is null and e.submission is null then 'workbook_lost'
        end as fault,
        w.submission::text as submission, v.position
    from vault.workbook w
    left join valid v using (submission)
    left join erased e using (submission)
) workbook
where fault is not null
order by position nulls last, submission
