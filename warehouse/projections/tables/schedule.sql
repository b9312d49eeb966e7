-- Grain: one row per version of a milestone in the yearly plan of a unit.
insert into schedule (
    stated, position, position_to, unit, year, milestone, on_date, planned, submission, sheet, "row"
)
select stated, position, position_to, (data ->> 'unit')::uuid, (data ->> 'year')::smallint, data ->> 'milestone',
    (data ->> 'on')::date, (data ->> 'planned')::integer,
    (cause ->> 'submission')::uuid, cause ->> 'sheet', (cause ->> 'row')::integer
from fact where type = 'PlanScheduled';
