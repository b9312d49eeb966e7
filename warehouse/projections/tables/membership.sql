-- Grain: one row per version of a stock that a unit reported for a period.
insert into membership (stated, position, position_to, unit, period, measure, value, submission, sheet, "row")
select stated, position, position_to, (data ->> 'unit')::uuid, data ->> 'period', data ->> 'measure',
    (data ->> 'value')::integer, (cause ->> 'submission')::uuid, cause ->> 'sheet', (cause ->> 'row')::integer
from fact where type = 'MembershipCounted';
