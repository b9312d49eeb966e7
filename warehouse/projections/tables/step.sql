-- Grain: one row per version of a step that a nominee took; being identified is the first.
insert into step (
    stated, position, position_to, unit, subject, step, on_date, document, total, present, votes_for, votes_against,
    receiver, submission, sheet, "row"
)
select stated, position, position_to, (data ->> 'unit')::uuid, (data ->> 'subject')::uuid, step,
    (data ->> 'on')::date, data ->> 'document', (data ->> 'total')::integer, (data ->> 'present')::integer,
    (data ->> 'votes_for')::integer, (data ->> 'votes_against')::integer, (data ->> 'to')::uuid,
    (cause ->> 'submission')::uuid, cause ->> 'sheet', (cause ->> 'row')::integer
from fact
join unnest(%(step_events)s, %(step_codes)s) as taken (type, step) using (type);
