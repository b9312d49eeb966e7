-- Grain: one row per version of a yearly target of a unit.
insert into target (position, unit, year, target, value, submission, sheet, "row")
select position, (data ->> 'unit')::uuid, (data ->> 'year')::smallint, data ->> 'target', (data ->> 'value')::integer,
    (cause ->> 'submission')::uuid, cause ->> 'sheet', (cause ->> 'row')::integer
from told where type = 'TargetSet';
