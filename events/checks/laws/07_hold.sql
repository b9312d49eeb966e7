-- Every hold is one that an event placed, and is released if an event says so; each by whom its event committed to.
with told as materialized (
    select position, type, (body #>> '{data,hold}')::uuid as hold, (body #>> '{data,subject}')::uuid as subject,
        body #>> '{data,reason}' as reason, body #>> '{data,commitment}' as commitment
    from current_event
    where type in ('HoldPlaced', 'HoldReleased')
)
select *
from (
    select case
            when p.hold is null then 'hold_unknown'
            when h.hold is null then 'hold_missing'
            when num_nulls(h.released_by, h.released_salt) > case when r.hold is null then 2 else 0 end
                then 'hold_lost'
            when r.hold is null and num_nonnulls(h.released_by, h.released_salt) > 0 then 'hold_changed'
            when h.subject <> p.subject or h.reason is distinct from p.reason
                or encode(
                    sha256(
                        h.placed_salt || convert_to(h.placed_by, 'UTF8') || '\x00'::bytea
                        || convert_to(h.reason, 'UTF8')
                    ),
                    'hex'
                ) is distinct from p.commitment
                or r.subject <> p.subject
                or r.hold is not null and encode(
                    sha256(
                        h.released_salt || convert_to(h.released_by, 'UTF8') || '\x00'::bytea
                        || convert_to(h.reason, 'UTF8')
                    ),
                    'hex'
                ) is distinct from r.commitment
                then 'hold_changed'
        end as fault,
        coalesce(p.hold, h.hold)::text as hold, p.position
    from (select * from told where type = 'HoldPlaced') p
    full join vault.hold h using (hold)
    left join (select * from told where type = 'HoldReleased') r on r.hold = coalesce(p.hold, h.hold)
) hold
where fault is not null
order by position nulls last
