-- Every account is one whose name an event committed to, and the other way round.
with named as (
    select position, (body #>> '{data,account}')::uuid as account, body #>> '{data,commitment}' as commitment
    from current_event
    where type = 'AccountNamed'
)
select *
from (
    select case
            when n.account is null then 'account_unknown'
            when a.account is null then 'account_missing'
            when encode(sha256(a.salt || convert_to(a.name, 'UTF8') || '\x00'::bytea), 'hex') is distinct from n.commitment
                then 'account_changed'
        end as fault,
        coalesce(n.account, a.account)::text as account, n.position
    from named n
    full join vault.account a using (account)
) account
where fault is not null
order by position nulls last
