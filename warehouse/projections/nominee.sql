-- Grain: one row per version of a nominee's coded facts.
insert into nominee (
    position, unit, subject, identified_on, sex, birth_year, ethnic_minority, source_group, commitment,
    submission, sheet, "row"
)
select e.position, d.unit, d.subject, d."on", d.sex, d.birth_year, d.ethnic_minority, d.source_group, d.commitment,
    c.submission, c.sheet, c."row"
from events.event e
cross join lateral json_to_record(e.body) as b (data json, cause json)
cross join lateral json_to_record(b.data) as d (
    unit uuid, subject uuid, "on" date, sex text, birth_year smallint, ethnic_minority boolean, source_group text,
    commitment text
)
left join lateral json_to_record(b.cause) as c (submission uuid, sheet text, "row" integer) on true
where e.position > %(after)s and e.position <= %(upto)s and e.type = 'NomineeIdentified';
