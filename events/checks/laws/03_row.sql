-- Every row is one of a valid workbook and has the content and the place that it committed to, unless erased.
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
            when num_nulls(r.content, r.salt) = 2 and e.submission is not null then null
            when num_nulls(r.content, r.salt) > 0 then 'row_lost'
            when r.commitment is distinct from
                sha256(r.salt || convert_to(r.sheet || '!' || r.row, 'UTF8') || '\x00'::bytea || r.content)
                then 'row_changed'
        end as fault,
        r.submission::text as submission, r.sheet, r.row, v.position
    from vault.row r
    left join valid v using (submission)
    left join erased e using (submission)
) row
where fault is not null
order by position nulls last, sheet, row
