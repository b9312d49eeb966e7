-- Grain: one row per event about a unit.
insert into unit_change (position, unit, on_date, alive, parent, code, name, kind, level)
select position, (data ->> 'unit')::uuid, (data ->> 'on')::date,
    case
        when type in ('UnitEstablished', 'UnitRevived') then true
        when type in ('UnitDissolved', 'UnitMerged', 'UnitDivided') then false
    end,
    (data ->> 'parent')::uuid, data ->> 'code', data ->> 'name', data ->> 'kind', (data ->> 'level')::smallint
from told
where type in (
    'UnitEstablished', 'UnitRenamed', 'UnitRecoded', 'UnitReclassified', 'UnitMoved', 'UnitMerged', 'UnitDivided',
    'UnitDissolved', 'UnitRevived'
);
