-- Grain: one row per workbook received, with its verdict and timeliness.
with due_day (form, kind, since, anchor, months, day) as (
    values {due_days}
),
named as (
    select submission, form, kind, first, (first + make_interval(months => length) - interval '1 day')::date as last
    from submission
    join (values ('quarter', '^\d{4}Q[1-4]$', 3), ('half', '^\d{4}H[12]$', 6), ('year', '^\d{4}$', 12))
        as written (kind, pattern, length) on period ~ pattern
    cross join lateral make_date(
        left(period, 4)::integer, 1 + length * (coalesce(nullif(substr(period, 6), '')::integer, 1) - 1), 1
    ) as first
),
dated as (
    select n.submission, (
        select least(month + d.day - 1, (month + interval '1 month - 1 day')::date)
        from due_day d
        cross join lateral (
            select (
                date_trunc('month', case d.anchor when 'first' then n.first else n.last end)
                + make_interval(months => d.months)
            )::date as month
        ) m
        where d.form = n.form and d.kind = n.kind and d.since <= n.last
        order by d.since desc
        limit 1
    ) as due
    from named n
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
    s.received_on <= d.due as in_time,
    case when d.due is not null then greatest(s.received_on - d.due, 0) end as days_late,
    case s.valid when true then 'valid' when false then 'invalid' else 'pending' end as verdict,
    s.decided_at, b.state, r.revision, coalesce(b.counts, false) as counts, coalesce(f.errors, 0) as errors,
    coalesce(f.warnings, 0) as warnings, s.rows, s.size as bytes, s.previous
from submission s
left join dated d using (submission)
left join revised r using (submission)
left join became b using (submission)
left join found f using (submission)
