-- Grain: one row per version of a step that a nominee took; being identified is the first.
insert into step (
    position, unit, subject, step, on_date, document, total, present, votes_for, votes_against,
    submission, sheet, "row"
)
select e.position, d.unit, d.subject, s.step, d."on", d.document, d.total, d.present, d.votes_for, d.votes_against,
    c.submission, c.sheet, c."row"
from events.event e
join unnest(%(step_events)s, %(step_codes)s) as s (type, step) on s.type = e.type
cross join lateral json_to_record(e.body) as b (data json, cause json)
cross join lateral json_to_record(b.data) as d (
    unit uuid, subject uuid, "on" date, document text, total integer, present integer, votes_for integer,
    votes_against integer
)
left join lateral json_to_record(b.cause) as c (submission uuid, sheet text, "row" integer) on true
where e.position > %(after)s and e.position <= %(upto)s;
