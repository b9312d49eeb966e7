-- Grain: one row per version of a stock that a unit reported for a period.
insert into membership (position, unit, period, measure, value, submission, sheet, "row")
select position, (data ->> 'unit')::uuid, data ->> 'period', data ->> 'measure', (data ->> 'value')::integer,
    (cause ->> 'submission')::uuid, cause ->> 'sheet', (cause ->> 'row')::integer
from told where type = 'MembershipCounted';
