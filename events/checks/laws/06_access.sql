-- Every reading of a person's data is one that an event committed to, and the other way round.
with reading as (
    select position, (body #>> '{data,reading}')::uuid as reading, (body #>> '{data,subject}')::uuid as subject,
        body #>> '{data,commitment}' as commitment
    from current_event
    where type = 'PersonalDataAccessed'
)
select *
from (
    select case
            when r.reading is null then 'reading_unknown'
            when a.reading is null then 'reading_missing'
            when a.subject <> r.subject
                or encode(
                    sha256(a.salt || convert_to(a.reader, 'UTF8') || '\x00'::bytea || convert_to(a.purpose, 'UTF8')),
                    'hex'
                ) is distinct from r.commitment
                then 'reading_changed'
        end as fault,
        coalesce(r.reading, a.reading)::text as reading, r.position
    from reading r
    full join vault.access a using (reading)
) reading
where fault is not null
order by position nulls last
