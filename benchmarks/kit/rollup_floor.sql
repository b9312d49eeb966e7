-- What a roll-up is held to: the leanest statement by hand for the same numbers, of a country in which no unit moved and
-- none that ended has a figure of the year. It knows only what stands now.
with unit as materialized (
    select u.unit, case u.level when 1 then array[u.unit] when 3 then array[u.parent, u.unit]
            else array[c.parent, u.parent, u.unit] end as path,
        u.level in (3, 4) as owes, u.level > 1 as in_commune, coalesce(c.name, u.name) as commune
    from unit_change u
    left join unit_change c on u.level = 4 and c.unit = u.parent and c.level = 3
    where u.level is not null
        and not exists (select from unit_change e where e.unit = u.unit and not e.alive and e.on_date <= %(last)s)
),
taken as materialized (
    select distinct on (subject, step) unit, subject, step, on_date >= %(first)s as now from step
    where position_to is null and on_date between %(year_first)s and %(last)s
    order by subject, step, on_date desc
),
counting as materialized (
    select submission from submission_state where counts except select submission from submission_state where not counts
),
returned as materialized (
    select s.unit, bool_or(c.submission is not null) as counted,
        bool_or(c.submission is not null) and min(s.received_on) filter (where s.valid) <= %(due)s as on_time
    from submission s left join counting c using (submission)
    where s.period = %(quarter)s group by s.unit
),
people as (
    select t.unit, t.step, '.sex.' || n.sex as by_sex,
        case when n.ethnic_minority then '.minority.yes' end as by_minority,
        '.source_group.' || n.source_group as by_source_group
    from taken t left join nominee n on n.subject = t.subject and n.position_to is null
    where t.now and t.step = any(%(counts)s)
),
counted as materialized (
    select unit, step, coalesce(by_sex, by_minority, by_source_group, '') as part, count(*) as value,
        grouping(by_sex, by_minority, by_source_group) = 7 as whole
    from people
    group by grouping sets ((unit, step), (unit, step, by_sex), (unit, step, by_minority), (unit, step, by_source_group))
    having grouping(by_sex, by_minority, by_source_group) = 7 or num_nonnulls(by_sex, by_minority, by_source_group) = 1
),
leaf as (
    select unit, step || part as code, value from counted
    union all
    select c.unit, c.step || k.part, c.value
    from counted c join unit u using (unit)
    cross join lateral (values
        ('.unit_kind.commune'),
        (case when u.commune ilike 'đoàn xã %%' then '.area.rural' when u.commune ilike 'đoàn phường %%' then '.area.ward'
            when u.commune ilike 'đoàn đặc khu %%' then '.area.zone' end)
    ) as k (part)
    where c.whole and u.in_commune and k.part is not null
    union all
    select unit, step, count(*) from taken where now and not step = any(%(counts)s) group by unit, step
    union all
    select unit, step || '.year', count(*) from taken where step = any(%(counts)s) group by unit, step
    union all
    select unit, step || '.late', count(*)
    from (
        select distinct on (subject, step) f.unit, step
        from step f join submission s using (submission)
        where f.position_to is null and s.period = %(quarter)s and f.on_date < %(first)s and f.step = any(%(counts)s)
        order by subject, step, on_date desc
    ) late
    group by unit, step
    union all
    (
        select distinct on (unit, measure) unit, measure, value from membership
        where position_to is null and period = any(%(stock_periods)s) and measure <> 'members_new'
        order by unit, measure, period desc
    )
    union all
    select unit, measure, sum(value) from membership
    where position_to is null and period = %(quarter)s and measure = 'members_new' group by unit, measure
    union all
    select unit, 'target.' || target, value from target where position_to is null and year = %(year)s
    union all
    select a.unit, 'activity.' || a.activity || k.part, k.value
    from (
        select unit, activity, count(*) as held, sum(participants) as participants, coalesce(sum(members), 0) as members
        from activity where position_to is null and on_date between %(first)s and %(last)s group by unit, activity
    ) a
    cross join lateral (values ('', a.held), ('.participants', a.participants), ('.members', a.members)) as k (part, value)
    union all
    select unit, 'submissions.expected', 1 from unit where owes
    union all
    select r.unit, 'submissions.' || k.state, 1
    from returned r
    cross join lateral (values ('received', true), ('counted', counted), ('on_time', on_time), ('not_counted', not counted))
        as k (state, holds)
    where k.holds
)
select ancestor::text, code, sum(value)::bigint as value
from leaf join unit using (unit), unnest(path) as ancestor
group by ancestor, code
