-- Grain: one row per submission; a decision completes the row of its receipt.
insert into submission (submission, position, received_on, received_at, unit, period, form, size)
select d.submission, e.position, d.received_on, e.recorded_at, d.unit, d.period, d.form, d.size
from events.event e
cross join lateral json_to_record(e.body -> 'data') as d (
    submission uuid, received_on date, unit uuid, period text, form text, size bigint
)
where e.position > %(after)s and e.position <= %(upto)s and e.type = 'SubmissionReceived';

update submission
set decided_position = e.position, decided_at = e.recorded_at, accepted = e.type = 'SubmissionAccepted',
    previous = d.previous, rows = d.rows
from events.event e
cross join lateral json_to_record(e.body -> 'data') as d (submission uuid, previous uuid, rows integer)
where e.position > %(after)s and e.position <= %(upto)s and e.type in ('SubmissionAccepted', 'SubmissionRejected')
    and submission.submission = d.submission;
