-- Grain: one row per event about a unit.
insert into unit_change (position, unit, on_date, alive, parent, code, name, kind, level)
select e.position, d.unit, d."on",
    case
        when e.type in ('UnitEstablished', 'UnitRevived') then true
        when e.type in ('UnitDissolved', 'UnitMerged', 'UnitDivided') then false
    end,
    d.parent, d.code, d.name, d.kind, d.level
from events.event e
cross join lateral json_to_record(e.body -> 'data') as d (
    unit uuid, "on" date, parent uuid, code text, name text, kind text, level smallint
)
where e.position > %(after)s and e.position <= %(upto)s
    and e.type in (
        'UnitEstablished', 'UnitRenamed', 'UnitRecoded', 'UnitReclassified', 'UnitMoved', 'UnitMerged', 'UnitDivided',
        'UnitDissolved', 'UnitRevived'
    );
