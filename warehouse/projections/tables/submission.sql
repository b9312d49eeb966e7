-- Grain: one row per submission; a decision completes the row of its receipt.
with decided as materialized (
    select position, recorded_at, type = 'SubmissionFoundValid' as accepted, (data ->> 'submission')::uuid as submission,
        (data ->> 'previous')::uuid as previous, (data ->> 'rows')::integer as rows
    from told where type in ('SubmissionFoundValid', 'SubmissionFoundInvalid', 'SubmissionSetAside')
),
received as (
    insert into submission (
        submission, position, received_on, received_at, unit, period, form, size,
        decided_position, decided_at, accepted, previous, rows
    )
    select (data ->> 'submission')::uuid, told.position, (data ->> 'received_on')::date, told.recorded_at,
        (data ->> 'unit')::uuid, data ->> 'period', data ->> 'form', (data ->> 'size')::bigint,
        decided.position, decided.recorded_at, decided.accepted, decided.previous, decided.rows
    from told
    left join decided on decided.submission = (data ->> 'submission')::uuid
    where type = 'SubmissionReceived'
)
-- Sees the rows that stood before this statement: those received in an earlier range.
update submission
set decided_position = decided.position, decided_at = decided.recorded_at, accepted = decided.accepted,
    previous = decided.previous, rows = decided.rows
from decided
where submission.submission = decided.submission;
