-- Grain: one row per submission; a decision completes the row of its receipt.
with decided as materialized (
    select e.position, e.recorded_at, e.type = 'SubmissionAccepted' as accepted, d.submission, d.previous, d.rows
    from events.event e
    cross join lateral json_to_record(e.body -> 'data') as d (submission uuid, previous uuid, rows integer)
    where e.position > %(after)s and e.position <= %(upto)s and e.type in ('SubmissionAccepted', 'SubmissionRejected')
),
received as (
    insert into submission (
        submission, position, received_on, received_at, unit, period, form, size,
        decided_position, decided_at, accepted, previous, rows
    )
    select d.submission, e.position, d.received_on, e.recorded_at, d.unit, d.period, d.form, d.size,
        decided.position, decided.recorded_at, decided.accepted, decided.previous, decided.rows
    from events.event e
    cross join lateral json_to_record(e.body -> 'data') as d (
        submission uuid, received_on date, unit uuid, period text, form text, size bigint
    )
    left join decided using (submission)
    where e.position > %(after)s and e.position <= %(upto)s and e.type = 'SubmissionReceived'
)
-- Sees the rows that stood before this statement: those received in an earlier range.
update submission
set decided_position = decided.position, decided_at = decided.recorded_at, accepted = decided.accepted,
    previous = decided.previous, rows = decided.rows
from decided
where submission.submission = decided.submission;
