-- The words with which a return was given back are those that the event committed to, unless erased; and no others.
-- Whoever named somebody after the file was erased is erased without another event, so it is only allowed by then.
with given_back as (
    select position, (body #>> '{data,submission}')::uuid as submission, body #>> '{data,commitment}' as commitment
    from current_event
    where type = 'SubmissionReturned' and body #>> '{data,commitment}' is not null
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
            when num_nonnulls(c.content, c.salt) > 0 and e.position > g.position then 'comment_not_erased'
            when num_nulls(c.content, c.salt) = 2 and e.submission is not null then null
            when num_nulls(c.content, c.salt) > 0 then 'comment_lost'
            when encode(
                sha256(
                    c.salt || convert_to(c.submission::text, 'UTF8') || '\x00'::bytea || convert_to(c.content, 'UTF8')
                ),
                'hex'
            ) is distinct from g.commitment
                then 'comment_changed'
        end as fault,
        coalesce(g.submission, c.submission)::text as submission, g.position
    from given_back g
    full join vault.comment c using (submission)
    left join erased e on e.submission = coalesce(g.submission, c.submission)
) comment
where fault is not null
order by position nulls last
