-- Grain: one row per person who was identified, with the first day of each step.
select n.subject, n.unit, n.sex,
    case
        when extract(year from n.identified_on) - n.birth_year < 18 then 'under_18'
        when extract(year from n.identified_on) - n.birth_year < 25 then '18_24'
        when extract(year from n.identified_on) - n.birth_year <= 30 then '25_30'
        else 'over_30'
    end as age_group,
    n.ethnic_minority, n.source_group, t.latest_step, t.latest_on, n.submission, {days}
from nominee n
left join (
    select subject, (array_agg(step order by on_date desc, position desc))[1] as latest_step, max(on_date) as latest_on,
        {first_days}
    from step
    where position_to is null
    group by subject
) t using (subject)
where n.position_to is null
