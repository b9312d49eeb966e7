-- What projecting is held to: one bare INSERT for each table, over the whole log at once. Nothing is superseded.
insert into unit_change (position, unit, on_date, alive, parent, code, name, kind, level)
select e.position, d.unit, d."on",
    case
        when e.type in ('UnitEstablished', 'UnitRevived') then true
        when e.type in ('UnitDissolved', 'UnitMerged', 'UnitDivided') then false
    end,
    d.parent, d.code, d.name, d.kind, d.level
from events.event e, json_to_record(e.body -> 'data') as d (
    unit uuid, "on" date, parent uuid, code text, name text, kind text, level smallint
)
where e.type like 'Unit%%';

insert into succession (position, unit, successor, on_date)
select e.position, d.unit, d.successor, d."on"
from events.event e, json_to_record(e.body -> 'data') as d (unit uuid, "on" date, successor uuid)
where e.type = 'UnitMerged'
union all
select e.position, d.unit, s.successor::uuid, d."on"
from events.event e, json_to_record(e.body -> 'data') as d (unit uuid, "on" date, successors json),
    json_array_elements_text(d.successors) as s (successor)
where e.type = 'UnitDivided';

insert into submission (
    submission, position, received_on, received_at, unit, period, form, form_version, cover_unit, cover_period,
    cover_form, size,
    last, decided_position, decided_at, valid, previous, rows
)
select d.submission, e.position, d.received_on, e.recorded_at, d.unit, d.period, d.form, d.form_version,
    d.unit, d.period, d.form, d.size,
    v.last, v.position, v.recorded_at, v.type = 'SubmissionFoundValid', v.previous, v.rows
from events.event e
cross join json_to_record(e.body -> 'data') as d (
    submission uuid, received_on date, unit uuid, period text, form text, form_version smallint, size bigint
)
left join (
    select e.position, e.recorded_at, e.type, d.*
    from events.event e, json_to_record(e.body -> 'data') as d (
        submission uuid, previous uuid, rows integer, last date
    )
    where e.type in ('SubmissionFoundValid', 'SubmissionFoundInvalid')
) v using (submission)
where e.type = 'SubmissionReceived';

insert into submission_state (position, submission, state, counts, since)
select e.position, d.submission, s.state, s.counts, e.recorded_at
from events.event e
join (
    values ('SubmissionReceived', 'received', null), ('SubmissionFoundValid', 'valid', true),
        ('SubmissionFoundInvalid', 'invalid', null), ('SubmissionSubmitted', 'submitted', null),
        ('SubmissionSuperseded', 'superseded', false)
) as s (type, state, counts) using (type)
cross join json_to_record(e.body -> 'data') as d (submission uuid);

insert into statement (position, key, last)
select e.position, md5(e.type || ' ' || case
        when e.type = 'MembershipCounted' then concat_ws(' ', d.unit, d.period, d.measure)
        when e.type = 'ActivityHeld' then concat_ws(' ', d.unit, d.activity, d."on", d.number)
        when e.type = 'TargetSet' then concat_ws(' ', d.unit, d.year, d.target)
        when e.type = 'NomineeIdentified' then d.subject
        else concat_ws(' ', d.subject, d."on")
    end)::uuid, s.last
from events.event e, json_to_record(e.body -> 'data') as d (
    subject text, "on" text, unit text, period text, measure text, activity text, number text, year text, target text
), json_to_record(e.body -> 'cause') as c (submission uuid) join submission s using (submission)
where e.type = any(%(fact_types)s);

insert into finding (position, number, submission, code, severity, sheet, cell, column_key)
select e.position, f.number, d.submission, f.item ->> 'code', f.item ->> 'severity', f.item ->> 'sheet',
    f.item ->> 'cell', f.item ->> 'column'
from events.event e, json_to_record(e.body -> 'data') as d (submission uuid, findings json, warnings json),
    json_array_elements(coalesce(d.findings, d.warnings)) with ordinality as f (item, number)
where e.type in ('SubmissionFoundValid', 'SubmissionFoundInvalid');

insert into nominee (
    stated, position, unit, subject, identified_on, sex, birth_year, ethnic_minority, source_group, commitment,
    submission, sheet, "row"
)
select e.position, e.position, d.unit, d.subject, d."on", d.sex, d.birth_year, d.ethnic_minority, d.source_group, d.commitment,
    c.submission, c.sheet, c."row"
from events.event e, json_to_record(e.body -> 'data') as d (
    unit uuid, subject uuid, "on" date, sex text, birth_year smallint, ethnic_minority boolean, source_group text,
    commitment text
), json_to_record(e.body -> 'cause') as c (submission uuid, sheet text, "row" integer)
where e.type = 'NomineeIdentified';

insert into step (
    stated, position, unit, subject, step, on_date, document, total, present, votes_for, votes_against,
    submission, sheet, "row"
)
select e.position, e.position, d.unit, d.subject, s.step, d."on", d.document, d.total, d.present, d.votes_for, d.votes_against,
    c.submission, c.sheet, c."row"
from events.event e join unnest(%(step_events)s, %(step_codes)s) as s (type, step) using (type),
    json_to_record(e.body -> 'data') as d (
        unit uuid, subject uuid, "on" date, document text, total integer, present integer, votes_for integer,
        votes_against integer
    ), json_to_record(e.body -> 'cause') as c (submission uuid, sheet text, "row" integer);

insert into membership (stated, position, unit, period, measure, value, submission, sheet, "row")
select e.position, e.position, d.unit, d.period, d.measure, d.value, c.submission, c.sheet, c."row"
from events.event e, json_to_record(e.body -> 'data') as d (unit uuid, period text, measure text, value integer),
    json_to_record(e.body -> 'cause') as c (submission uuid, sheet text, "row" integer)
where e.type = 'MembershipCounted';

insert into activity (stated, position, unit, period, activity, on_date, participants, members, submission, sheet, "row")
select e.position, e.position, d.unit, d.period, d.activity, d."on", d.participants, d.members, c.submission, c.sheet, c."row"
from events.event e, json_to_record(e.body -> 'data') as d (
    unit uuid, period text, activity text, "on" date, participants integer, members integer
), json_to_record(e.body -> 'cause') as c (submission uuid, sheet text, "row" integer)
where e.type = 'ActivityHeld';

insert into target (stated, position, unit, year, target, value, submission, sheet, "row")
select e.position, e.position, d.unit, d.year, d.target, d.value, c.submission, c.sheet, c."row"
from events.event e, json_to_record(e.body -> 'data') as d (unit uuid, year smallint, target text, value integer),
    json_to_record(e.body -> 'cause') as c (submission uuid, sheet text, "row" integer)
where e.type = 'TargetSet';

insert into quality (position, period, as_of, passed, results)
select e.position, d.period, d.position, d.passed, d.results
from events.event e, json_to_record(e.body -> 'data') as d (
    period text, position bigint, passed boolean, results jsonb
)
where e.type = 'QualityChecked';

insert into report (position, unit, period, as_of, tree_on, content_hash, code_version, compiled_at)
select e.position, d.unit, d.period, d.position, d.tree_on, d.content_hash, d.code_version, e.recorded_at
from events.event e, json_to_record(e.body -> 'data') as d (
    unit uuid, period text, position bigint, tree_on date, content_hash text, code_version text
)
where e.type = 'ReportCompiled';

insert into closing (position, unit, period, as_of, reports, closed_at)
select e.position, d.unit, d.period, d.position, d.reports, e.recorded_at
from events.event e, json_to_record(e.body -> 'data') as d (unit uuid, period text, position bigint, reports integer)
where e.type = 'PeriodClosed';
