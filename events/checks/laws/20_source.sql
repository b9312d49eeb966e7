-- Every fact of a return stands where a record of its submission announced it, and names that submission as its cause.
-- First it is counted whether anything is wrong at all; which events are is worked out only then.
with record as materialized (
    select position, body
    from current_event
    where type in ('SubmissionAccepted', 'SubmissionFoundValid', 'SubmissionReturned', 'SubmissionWithdrawn')
),
announced as materialized (
    select position,
        least(position + (body #>> '{data,facts}')::bigint, (select max(position) from events.event)) as upto,
        '"submission":"' || (body #>> '{data,submission}') || '"},"data":{' as cause
    from record
    where body #>> '{data,facts}' is not null
),
fact as not materialized (
    select position, body
    from events.event
    where type in (
        'ActivityHeld', 'AdmissionDecided', 'BranchVoted', 'CandidateRecognised', 'CellResolved', 'ClassFailed',
        'ClassPassed', 'ClassSent', 'FactRetracted', 'FullMembershipGranted', 'ListHandedOver', 'MembershipCounted',
        'MentorAssigned', 'NominationLapsed', 'NominationRenewed', 'NominationResolved', 'NominationReturned',
        'NominationWithdrawn', 'NomineeIdentified', 'NomineeLeftByAge', 'NomineeReceived', 'NomineeTransferred',
        'OrganisationRated', 'PartyCommitteeResolved', 'PlanScheduled', 'ProbationerStruckOff', 'TargetSet'
    )
),
counted as (
    select count(*) filter (where upto - announced.position <> found) as wrong, coalesce(sum(found), 0) as found
    from announced
    cross join lateral (
        select count(*) as found
        from fact
        where fact.position > announced.position and fact.position <= upto and strpos(fact.body::text, cause) > 0
    ) following
),
due as (
    select following as position, announced.position as before, cause
    from announced
    cross join generate_series(announced.position + 1, upto) as following
)
select case when fact.position is null then 'log_facts' else 'fact_unsourced' end as fault,
    coalesce(fact.position, due.before) as position
from fact
full join due using (position)
where (select wrong > 0 or found <> (select count(*) from fact) from counted)
    and (fact.position is null or due.position is null or strpos(fact.body::text, due.cause) = 0)
group by 1, 2
order by 2
