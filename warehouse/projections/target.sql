-- Grain: one row per version of a yearly target of a unit.
insert into target (position, unit, year, target, value, submission, sheet, "row")
select e.position, d.unit, d.year, d.target, d.value, c.submission, c.sheet, c."row"
from events.event e
cross join lateral json_to_record(e.body) as b (data json, cause json)
cross join lateral json_to_record(b.data) as d (unit uuid, year smallint, target text, value integer)
left join lateral json_to_record(b.cause) as c (submission uuid, sheet text, "row" integer) on true
where e.position > %(after)s and e.position <= %(upto)s and e.type = 'TargetSet';
