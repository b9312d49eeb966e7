-- Grain: one row per workbook received, with its verdict and timeliness.
with usual (form, kind, since, anchor, months, day) as (
    values {due_days}
),
named as (
    select submission, unit, form, kind, first,
        (first + make_interval(months => length) - interval '1 day')::date as last
    from submission
    join (values ('quarter', '^\d{4}Q[1-4]$', 3), ('half', '^\d{4}H[12]$', 6), ('year', '^\d{4}$', 12))
        as written (kind, pattern, length) on period ~ pattern
    cross join lateral make_date(
        left(period, 4)::integer, 1 + length * (coalesce(nullif(substr(period, 6), '')::integer, 1) - 1), 1
    ) as first
),
laid_down as (
    select p.*, day[1] as anchor, coalesce(day[2], '0')::integer as months, day[3]::integer as day
    from policy p
    left join lateral regexp_match(value, '^(first|last)([+-]\d+)?/(\d+)$') day on p.policy = 'due'
    where policy in ('due', 'grace_days')
),
-- What a return's unit stood under on the period's last day; looked for only where something was laid down for a unit.
above as (
    select n.submission, up.unit, up.height
    from named n
    cross join lateral (
        with recursive up (unit, height) as (
            select n.unit, 0 where exists (select from laid_down where unit is not null)
            union all
            select higher.parent, up.height + 1
            from up
            cross join lateral (
                select parent from unit_change
                where unit = up.unit and on_date <= n.last and (parent is not null or alive)
                order by on_date desc, position desc limit 1
            ) higher
            where higher.parent is not null
        )
        select unit, height from up
    ) up
),
fitting as (
    select n.submission, l.policy, l.value, l.anchor, l.months, l.day, l.on_date, l.position,
        l.unit is null as for_all, a.height, l.form is null as any_form, l.kind is null as any_kind
    from (
        select submission, null::uuid as unit, 0 as height from named
        union all
        select submission, unit, height from above
    ) a
    join named n using (submission)
    join laid_down l on l.unit is not distinct from a.unit and l.on_date <= n.last and (l.form is null or l.form = n.form)
    where (l.kind is null or l.kind = (
            select kind from unit_change k where k.unit = n.unit and kind is not null and k.on_date <= n.last
            order by k.on_date desc, k.position desc limit 1
        ))
),
nearest as (
    select distinct on (submission, policy) * from fitting
    order by submission, policy, for_all, height, any_form, any_kind, on_date desc, position desc
),
dated as (
    select n.submission, coalesce(grace.value, '0')::integer as grace, (
        select least(month + held.day - 1, (month + interval '1 month - 1 day')::date)
        from (
            select anchor, months, day, since, 0 as own from usual u where u.form = n.form and u.kind = n.kind
            union all
            select due.anchor, due.months, due.day, due.on_date, 1
            from usual u
            where u.form = n.form and u.kind = n.kind and due.submission is not null
        ) held
        cross join lateral (
            select (
                date_trunc('month', case held.anchor when 'first' then n.first else n.last end)
                + make_interval(months => held.months)
            )::date as month
        ) m
        where held.since <= n.last
        -- What is laid down goes before what is usual, unless it is for all and what is usual is newer.
        order by held.own = 1 and not (due.for_all and due.any_form and due.any_kind) desc, held.since desc, held.own desc
        limit 1
    ) as due
    from named n
    left join nearest due on due.submission = n.submission and due.policy = 'due'
    left join nearest grace on grace.submission = n.submission and grace.policy = 'grace_days'
),
revised as (
    select submission, row_number() over (partition by unit, form, period order by decided_position) as revision
    from submission
    where valid
),
became as (
    select submission, (array_agg(state order by position desc))[1] as state,
        (array_agg(counts order by position desc) filter (where counts is not null))[1] as counts
    from submission_state
    group by submission
),
found as (
    select submission, count(*) filter (where severity = 'error') as errors,
        count(*) filter (where severity = 'warning') as warnings
    from finding
    group by submission
)
select s.submission, s.unit, s.period, s.form, s.form_version, s.received_on, s.received_at, d.due,
    s.received_on <= d.due + d.grace as in_time,
    case when d.due is not null then greatest(s.received_on - d.due, 0) end as days_late,
    case s.valid when true then 'valid' when false then 'invalid' else 'pending' end as verdict,
    s.decided_at, b.state, r.revision, coalesce(b.counts, false) as counts, coalesce(f.errors, 0) as errors,
    coalesce(f.warnings, 0) as warnings, s.rows, s.size as bytes, s.previous
from submission s
left join dated d using (submission)
left join revised r using (submission)
left join became b using (submission)
left join found f using (submission)
