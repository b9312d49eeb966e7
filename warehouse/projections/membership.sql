-- Grain: one row per version of a stock that a unit reported for a period.
insert into membership (position, unit, period, measure, value, submission, sheet, "row")
select e.position, d.unit, d.period, d.measure, d.value, c.submission, c.sheet, c."row"
from events.event e
cross join lateral json_to_record(e.body) as b (data json, cause json)
cross join lateral json_to_record(b.data) as d (unit uuid, period text, measure text, value integer)
left join lateral json_to_record(b.cause) as c (submission uuid, sheet text, "row" integer) on true
where e.position > %(after)s and e.position <= %(upto)s and e.type = 'MembershipCounted';
