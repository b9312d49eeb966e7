-- Grain: one row per version of an activity that a unit reported.
insert into activity (position, unit, period, activity, on_date, participants, members, submission, sheet, "row")
select e.position, d.unit, d.period, d.activity, d."on", d.participants, d.members, c.submission, c.sheet, c."row"
from events.event e
cross join lateral json_to_record(e.body) as b (data json, cause json)
cross join lateral json_to_record(b.data) as d (
    unit uuid, period text, activity text, "on" date, participants integer, members integer
)
left join lateral json_to_record(b.cause) as c (submission uuid, sheet text, "row" integer) on true
where e.position > %(after)s and e.position <= %(upto)s and e.type = 'ActivityHeld';
