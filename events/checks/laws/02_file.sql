-- Every file received is kept under its name as its event committed to it, unless it was erased; and no other file.
with received as (
    select position, (body #>> '{data,submission}')::uuid as submission, body #>> '{data,commitment}' as commitment,
        (body #>> '{data,size}')::bigint as size
    from current_event
    where type = 'SubmissionReceived'
),
erased as (
    select distinct submission::uuid
    from current_event, json_array_elements_text(body #> '{data,submissions}') as submission
    where type = 'SubjectErased'
)
select *
from (
    select case
            when r.submission is null then 'file_unknown'
            when f.submission is null then 'file_missing'
            when e.submission is not null and num_nulls(f.name, f.content, f.salt, f.fingerprint) < 4
                then 'file_not_erased'
            when e.submission is not null then null
            when num_nulls(f.name, f.content, f.salt, f.fingerprint) > 0 then 'file_lost'
            when length(f.content) <> r.size
                or encode(sha256(f.salt || convert_to(f.name, 'UTF8') || '\x00'::bytea || f.content), 'hex')
                    is distinct from r.commitment
                then 'file_changed'
        end as fault,
        coalesce(r.submission, f.submission)::text as submission, r.position
    from received r
    full join vault.file f using (submission)
    left join erased e on e.submission = coalesce(r.submission, f.submission)
) file
where fault is not null
order by position nulls last
