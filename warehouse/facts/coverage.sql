-- Grain: one row per unit of the tree (or line) and kind of facts of which anything is known of it or of those below:
-- the last day of the newest period on which a return that states such facts counts; and, as `….fact`, of such a fact.
, asked as materialized (
    select unit, path from place where %(only)s::uuid is null or %(only)s::uuid = any(path)
),
said as (
    select s.unit, stated.facts, max(s.last) as last
    from submission s
    join asked using (unit)
    join unnest(%(stating_forms)s::text[], %(stated_facts)s::text[]) as stated (form, facts) on stated.form = s.form
    cross join lateral (
        select counts from submission_state t
        where t.submission = s.submission and t.counts is not null and t.position <= %(position)s
        order by t.position desc limit 1
    ) latest
    where latest.counts and s.decided_position <= %(position)s
        and s.last >= %(since)s and (s.last <= %(period_last)s or s.period = any(%(running)s))
    group by s.unit, stated.facts
    union all
    select f.unit, 'people.fact', max(f.on_date) from step f join asked using (unit)
    where f.on_date between %(since)s and %(last)s
        and f.position <= %(position)s and coalesce(f.position_to > %(position)s, true)
    group by f.unit
    union all
    select f.unit, 'activity.fact', max(f.on_date) from activity f join asked using (unit)
    where f.on_date between %(since)s and %(last)s
        and f.position <= %(position)s and coalesce(f.position_to > %(position)s, true)
    group by f.unit
    union all
    select f.unit, 'rating.fact', max(%(period_last)s::date) from rating f join asked using (unit)
    where f.year = %(year)s and f.position <= %(position)s and coalesce(f.position_to > %(position)s, true)
    group by f.unit
)
select up.unit::text, said.facts, max(said.last) as last
from said
join asked using (unit), unnest(path) as up (unit)
group by up.unit, said.facts
