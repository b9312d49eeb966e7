-- Grain: one row per schema, table, view or function of ours that does not belong to its owner yet: the statement that
-- hands it over, schemas first. The log belongs to nguon_log, of which nobody is a member: whoever owns a table may
-- switch its triggers off, and nobody but an administrator of the server shall.
select statement
from (
    select n.nspname, owner, 1 as turn,
        'alter schema ' || quote_ident(n.nspname) || ' owner to ' || owner as statement, n.nspowner as owned_by
    from pg_namespace n
    cross join lateral (select case n.nspname when 'events' then 'nguon_log' else 'nguon_owner' end as owner) o
    union all
    select n.nspname, owner, 2, 'alter table ' || c.oid::regclass || ' owner to ' || owner, c.relowner
    from pg_class c
    join pg_namespace n on n.oid = c.relnamespace
    cross join lateral (select case n.nspname when 'events' then 'nguon_log' else 'nguon_owner' end as owner) o
    where c.relkind in ('r', 'p', 'v', 'm')
    union all
    select n.nspname, owner, 2, 'alter routine ' || p.oid::regprocedure || ' owner to ' || owner, p.proowner
    from pg_proc p
    join pg_namespace n on n.oid = p.pronamespace
    cross join lateral (select case n.nspname when 'events' then 'nguon_log' else 'nguon_owner' end as owner) o
) handing
where nspname = any(%(schemas)s) and owned_by <> to_regrole(owner) and pg_has_role(to_regrole(owner), %(needed)s)
    and pg_has_role(owned_by, 'USAGE')
order by turn, statement;
