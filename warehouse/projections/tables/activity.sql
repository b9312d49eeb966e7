-- Grain: one row per version of an activity that a unit reported.
insert into activity (
    stated, position, position_to, unit, period, activity, on_date, participants, members, submission, sheet, "row"
)
select stated, position, position_to, (data ->> 'unit')::uuid, data ->> 'period', data ->> 'activity',
    (data ->> 'on')::date, (data ->> 'participants')::integer, (data ->> 'members')::integer,
    (cause ->> 'submission')::uuid, cause ->> 'sheet', (cause ->> 'row')::integer
from fact where type = 'ActivityHeld';
