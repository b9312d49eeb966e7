-- Grain: one row per version of an activity that a unit reported.
insert into activity (position, unit, period, activity, on_date, participants, members, submission, sheet, "row")
select position, (data ->> 'unit')::uuid, data ->> 'period', data ->> 'activity', (data ->> 'on')::date,
    (data ->> 'participants')::integer, (data ->> 'members')::integer,
    (cause ->> 'submission')::uuid, cause ->> 'sheet', (cause ->> 'row')::integer
from told where type = 'ActivityHeld';
