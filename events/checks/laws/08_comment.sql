-- The words with which a return was given back are those that the event committed to, unless erased; and no others.
-- What is sealed is opened elsewhere.
-- Whoever named somebody after the file was erased is erased without another event, so it is only allowed by then.
with given_back as (
    select position, (body #>> '{data,submission}')::uuid as submission
    from current_event
    where type = 'SubmissionReturned'
        -- Else the planner would open every body first.
        and case when type = 'SubmissionReturned' then body #>> '{data,commitment}' end is not null
),
erased as (
    select submission::uuid, max(position) as position
    from current_event, json_array_elements_text(body #> '{data,submissions}') as submission
    where type = 'SubjectErased'
    group by 1
)
select *
from (
    select case
            when g.submission is null then 'comment_unknown'
            when c.submission is null then 'comment_missing'
            when c.sealed is not null and e.position > g.position then 'comment_not_erased'
            when c.sealed is null and e.submission is not null then null
            when c.sealed is null then 'comment_lost'
        end as fault,
        coalesce(g.submission, c.submission)::text as submission, g.position
    from given_back g
    full join vault.comment c using (submission)
    left join erased e on e.submission = coalesce(g.submission, c.submission)
) comment
where fault is not null
order by position nulls last
