-- An acceptance is followed at once by as many facts of its submission as it says, and there are no others.
select 'log_facts' as fault, coalesce(accepted.position, caused.first) as position
from (
    select position, body #>> '{data,submission}' as submission, coalesce((body #>> '{data,facts}')::bigint, 0) as facts
    from events.event
    where type = 'SubmissionAccepted'
) accepted
full join (
    select body #>> '{cause,submission}' as submission, min(position) as first, max(position) as last, count(*) as facts
    from events.event
    where type <> 'SubmissionAccepted' and body #>> '{cause,submission}' is not null
    group by 1
) caused using (submission)
where accepted.position is null
    or accepted.facts <> coalesce(caused.facts, 0)
    or caused.first <> accepted.position + 1
    or caused.last <> accepted.position + accepted.facts
order by 2
limit 1
