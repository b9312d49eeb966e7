-- Every fact of a return stands where a record of its submission announced it, and names that submission as its cause.
with announced as (
    select position, body #>> '{data,submission}' as submission,
        least((body #>> '{data,facts}')::bigint, (select max(position) from events.event) - position) as facts
    from current_event
    where type in ('SubmissionAccepted', 'SubmissionFoundValid', 'SubmissionReturned', 'SubmissionWithdrawn')
        and body #>> '{data,facts}' is not null
),
due as (
    select announced.position + following as position, announced.position as before,
        '"submission":"' || submission || '"},"data":{' as cause
    from announced
    cross join generate_series(1, facts) as following
),
fact as (
    select position, body
    from events.event
    where type in (
        'ActivityHeld', 'AdmissionDecided', 'BranchVoted', 'CandidateRecognised', 'CellResolved', 'ClassFailed',
        'ClassPassed', 'ClassSent', 'FactRetracted', 'FullMembershipGranted', 'ListHandedOver', 'MembershipCounted',
        'MentorAssigned', 'NominationLapsed', 'NominationRenewed', 'NominationResolved', 'NominationReturned',
        'NominationWithdrawn', 'NomineeIdentified', 'NomineeLeftByAge', 'NomineeReceived', 'NomineeTransferred',
        'OrganisationRated', 'PartyCommitteeResolved', 'PlanScheduled', 'ProbationerStruckOff', 'TargetSet'
    )
)
select case when fact.position is null then 'log_facts' else 'fact_unsourced' end as fault,
    coalesce(fact.position, due.before) as position
from fact
full join due using (position)
where fact.position is null or due.position is null or strpos(fact.body::text, due.cause) = 0
group by 1, 2
order by 2
