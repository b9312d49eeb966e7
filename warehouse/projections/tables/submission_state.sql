-- Grain: one row per state that a submission came into. What was found valid counts at once unless the event denies it.
insert into submission_state (position, submission, state, counts, reason, since)
select position, (data ->> 'submission')::uuid, became.state,
    case became.counts
        when 'as said' then nullif(coalesce((data ->> 'counts')::boolean, type = 'SubmissionFoundValid'), false)
        when 'no more' then false
    end,
    data ->> 'reason', recorded_at
from told
join (
    values ('SubmissionReceived', 'received', null), ('SubmissionFoundValid', 'valid', 'as said'),
        ('SubmissionFoundInvalid', 'invalid', null), ('SubmissionSetAside', 'set_aside', null),
        ('SubmissionSubmitted', 'submitted', null), ('SubmissionAccepted', 'accepted', 'as said'),
        ('SubmissionReturned', 'returned', 'no more'), ('SubmissionSuperseded', 'superseded', 'no more'),
        ('SubmissionWithdrawn', 'withdrawn', 'no more')
) as became (type, state, counts) using (type);
