-- Every file received is kept with its key, unless it was erased; and no other file. What is sealed is opened elsewhere.
-- A file goes when somebody whom it names is erased, and when it is refused since it names somebody erased.
with received as (
    select position, (body #>> '{data,submission}')::uuid as submission,
        (body #>> '{data,size}')::bigint as size
    from current_event
    where type = 'SubmissionReceived'
),
erased as (
    select submission::uuid
    from current_event, json_array_elements_text(body #> '{data,submissions}') as submission
    where type = 'SubjectErased'
    union
    select (body #>> '{data,submission}')::uuid
    from current_event, json_array_elements(body #> '{data,findings}') as finding
    where type = 'SubmissionFoundInvalid' and finding ->> 'code' in ('file.erased', 'nominee.erased')
)
select *
from (
    select case
            when r.submission is null then 'file_unknown'
            when f.submission is null then 'file_missing'
            when e.submission is not null and num_nulls(f.sealed_name, f.sealed, f.fingerprint) < 3
                then 'file_not_erased'
            when e.submission is not null then null
            when num_nulls(f.slot, f.sealed_name, f.sealed, f.fingerprint) > 0 then 'file_lost'
            -- A nonce of 12 bytes, a salt of 32, the file, a tag of 16.
            when octet_length(f.sealed) <> r.size + 60 then 'file_changed'
        end as fault,
        coalesce(r.submission, f.submission)::text as submission, r.position
    from received r
    full join vault.file f using (submission)
    left join erased e on e.submission = coalesce(r.submission, f.submission)
) file
where fault is not null
order by position nulls last
