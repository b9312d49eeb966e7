-- Every row is one of a valid workbook and has content, unless erased. What is sealed is opened elsewhere.
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
            when v.submission is null then 'row_unknown'
            when r.sealed is null and e.submission is not null then null
            when r.sealed is null then 'row_lost'
        end as fault,
        r.submission::text as submission, r.sheet, r.row, v.position
    from vault.row r
    left join valid v using (submission)
    left join erased e using (submission)
) row
where fault is not null
order by position nulls last, sheet, row
