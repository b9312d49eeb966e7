-- Grain: one row per submission; a decision completes the row of its receipt, and says whose and for when it is.
with decided as materialized (
    select position, recorded_at, type = 'SubmissionFoundValid' as valid, (data ->> 'submission')::uuid as submission,
        (data ->> 'unit')::uuid as unit, data ->> 'period' as period, (data ->> 'last')::date as last,
        data ->> 'form' as form, (data ->> 'form_version')::smallint as form_version,
        (data ->> 'previous')::uuid as previous, (data ->> 'rows')::integer as rows
    from told where type in ('SubmissionFoundValid', 'SubmissionFoundInvalid', 'SubmissionSetAside')
),
received as (
    insert into submission (
        submission, position, received_on, received_at, size, cover_unit, cover_period, cover_form,
        unit, period, form, form_version, last, decided_position, decided_at, valid, previous, rows
    )
    select (data ->> 'submission')::uuid, told.position, (data ->> 'received_on')::date, told.recorded_at,
        (data ->> 'size')::bigint, (data ->> 'unit')::uuid, data ->> 'period', data ->> 'form',
        coalesce(decided.unit, (data ->> 'unit')::uuid),
        coalesce(decided.period, data ->> 'period'), coalesce(decided.form, data ->> 'form'),
        coalesce(decided.form_version, (data ->> 'form_version')::smallint),
        decided.last, decided.position, decided.recorded_at, decided.valid, decided.previous, decided.rows
    from told
    left join decided on decided.submission = (data ->> 'submission')::uuid
    where type = 'SubmissionReceived'
)
-- Sees the rows that stood before this statement: those received in an earlier range.
update submission s
set decided_position = decided.position, decided_at = decided.recorded_at, valid = decided.valid,
    unit = coalesce(decided.unit, s.unit), period = coalesce(decided.period, s.period), last = decided.last,
    form = coalesce(decided.form, s.form), form_version = coalesce(decided.form_version, s.form_version),
    previous = decided.previous, rows = decided.rows
from decided
where s.submission = decided.submission;
