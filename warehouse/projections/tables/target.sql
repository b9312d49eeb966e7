-- Grain: one row per version of a yearly target of a unit.
insert into target (stated, position, position_to, unit, year, target, value, submission, sheet, "row")
select stated, position, position_to, (data ->> 'unit')::uuid, (data ->> 'year')::smallint, data ->> 'target',
    (data ->> 'value')::integer, (cause ->> 'submission')::uuid, cause ->> 'sheet', (cause ->> 'row')::integer
from fact where type = 'TargetSet';
