-- Grain: one row per closing of a period for a unit and all units under it.
insert into closing (position, unit, period, as_of, reports, closed_at)
select position, (data ->> 'unit')::uuid, data ->> 'period', (data ->> 'position')::bigint,
    (data ->> 'reports')::integer, recorded_at
from told where type = 'PeriodClosed';
