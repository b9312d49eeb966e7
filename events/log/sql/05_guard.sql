-- The laws of the log, checked once for each statement that adds rows: positions follow the head without a gap, time
-- does not run backwards or ahead, versions of each stream follow what stands, bodies say what their columns say, and
-- every fact has a cause that stands in the log. Then the head moves.
create function events.guard_append() returns trigger
    language plpgsql security definer set search_path = pg_catalog, pg_temp set lock_timeout = '1s'
as $$
declare
    head events.head;
    added record;
    opening text;
    uncaused bigint;
    lag interval;
begin
    select * into strict head from events.head for update;
    -- Keys are sorted and the time is the first: every body of one append opens alike.
    select '{"at":"' || to_char(recorded_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') || '",' into opening
    from fresh limit 1;
    -- One pass over the new rows: sums of what each stream gained. What a body says is taken from its text without
    -- parsing it: it ends with stream, type and version. What is rare is looked at more closely: an event that corrects
    -- another, or was written in another version of its type.
    select sum(s.n)::bigint as n, min(s.first) as first, max(s.last) as last,
        min(s.earliest) as earliest, max(s.latest) as latest, min(s.malformed) as malformed,
        min(s.stream) filter (where s.low < 1 or s.high - s.low + 1 <> s.n or s.low > 1 and not exists (
            select from events.event e where e.stream = s.stream and e.stream_version = s.low - 1
        )) as broken
    into added
    from (
        select stream, count(*) as n, min(stream_version) as low, max(stream_version) as high,
            min(position) as first, max(position) as last, min(recorded_at) as earliest, max(recorded_at) as latest,
            min(position) filter (
                where octet_length(body::text) > 65535
                    or split_part(body::text, '"by":"', 1) <> opening
                    or split_part(body::text, '},"stream":"', 2)
                        <> stream || '","type":"' || type || '","v":1,"version":' || stream_version || '}'
                    and regexp_replace(
                        split_part(body::text, '},"stream":"', 2),
                        '^([^"]*)"(,"supersedes":[1-9][0-9]{0,9})?,"type":"([^"]*)","v":[1-9][0-9]{0,3},"version":([0-9]+)\}$',
                        '\1","type":"\3","version":\4'
                    ) <> stream || '","type":"' || type || '","version":' || stream_version
            ) as malformed
        from fresh group by stream
    ) s;
    if added.n is null then
        return null;
    end if;
    if added.first <> head.position + 1 or added.last <> head.position + added.n then
        raise exception 'positions must follow the head' using errcode = 'NG001',
            detail = json_build_object('expected', head.position + 1, 'found', added.first)::text;
    end if;
    if added.earliest <> added.latest or added.earliest < head.recorded_at
        -- The clock may have been set back between the stamp and this.
        or added.latest > greatest(head.recorded_at, events.clock() + interval '10 minutes')
    then
        raise exception 'one append has one time, not before the last and not in the future' using errcode = 'NG002',
            detail = json_build_object('expected', head.recorded_at, 'found', added.earliest)::text;
    end if;
    if added.broken is not null then
        raise exception 'versions of a stream must follow what stands' using errcode = 'NG003',
            detail = json_build_object('stream', added.broken, 'expected', (
                select min(stream_version) - 1 from fresh where stream = added.broken
            ))::text;
    end if;
    if added.malformed is not null then
        raise exception 'a body says what its columns say, in at most 65535 bytes' using errcode = 'NG007',
            detail = json_build_object('expected', 'canonical', 'found', added.malformed)::text;
    end if;
    select min(c.position) into uncaused
    from (
        select split_part(
                split_part(split_part(body::text, '"},"data":{', 1), '","cause":{', 2), '"submission":"', 2
            ) as submission, min(position) as position
        from fresh
        where type in (
            'ActivityHeld', 'AdmissionDecided', 'BranchVoted', 'CandidateRecognised', 'CellResolved', 'ClassFailed',
            'ClassPassed', 'ClassSent', 'FactRetracted', 'FullMembershipGranted', 'ListHandedOver', 'MembershipCounted',
            'MentorAssigned', 'NominationLapsed', 'NominationRenewed', 'NominationResolved', 'NominationReturned',
            'NominationWithdrawn', 'NomineeIdentified', 'NomineeLeftByAge', 'NomineeReceived', 'NomineeTransferred',
            'OrganisationRated', 'PartyCommitteeResolved', 'PlanScheduled', 'ProbationerStruckOff', 'TargetSet'
        )
        group by 1
    ) c
    where not exists (select from events.event e where e.stream = 'submission-' || c.submission);
    if uncaused is not null then
        raise exception 'a fact has its cause: a submission in the log' using errcode = 'NG008',
            detail = json_build_object('expected', 'submission', 'found', uncaused)::text;
    end if;
    -- The clock was set back: the head's time goes on, and by how much is kept, one row for as long as it lasts.
    lag := added.latest - events.clock();
    if lag > interval '1 second' then
        update events.skew s set last = added.last, behind = greatest(s.behind, lag)
        where s.last = head.position;
        if not found then
            insert into events.skew (first, last, behind) values (added.first, added.last, lag);
        end if;
    end if;
    update events.head set position = added.last, recorded_at = added.latest;
    return null;
end $$;

-- Whoever may execute it may hang it on a table of their own, and with rows of their own move the head.
revoke execute on function events.guard_append from public;

create trigger guard_append after insert on events.event
    referencing new table as fresh for each statement execute function events.guard_append();
alter table events.event enable always trigger guard_append;
