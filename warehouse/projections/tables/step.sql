-- Grain: one row per version of a step that a nominee took; being identified is the first.
insert into step (
    position, unit, subject, step, on_date, document, total, present, votes_for, votes_against,
    submission, sheet, "row"
)
select position, (data ->> 'unit')::uuid, (data ->> 'subject')::uuid, step, (data ->> 'on')::date, data ->> 'document',
    (data ->> 'total')::integer, (data ->> 'present')::integer, (data ->> 'votes_for')::integer,
    (data ->> 'votes_against')::integer, (cause ->> 'submission')::uuid, cause ->> 'sheet', (cause ->> 'row')::integer
from told
join unnest(%(step_events)s, %(step_codes)s) as taken (type, step) using (type);
