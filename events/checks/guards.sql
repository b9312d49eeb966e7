-- Grain: one row per thing that keeps the laws of the log, the vault and what was issued, as this database has it:
-- functions, triggers, constraints, rights; and one per thing that undoes them, of which there is to be none.
with ours as (
    select oid, nspname, nspowner, nspacl from pg_namespace where nspname in ('events', 'vault', 'issued')
),
relation as (
    select c.*, n.nspname || '.' || c.relname as called, n.nspname from pg_class c join ours n on n.oid = c.relnamespace
),
routine as (
    select p.*, n.nspname || '.' || p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')' as called, n.nspname
    from pg_proc p join ours n on n.oid = p.pronamespace
),
-- Rights are looked at where the roles are there: else nobody but the owner has any.
given as (
    select given.*, what
    from (
        select nspacl as acl, nspowner as owner, 'schema ' || nspname as what from ours
        union all
        select coalesce(proacl, acldefault('f', proowner)), proowner, 'function ' || called from routine
        union all
        select relacl, relowner, 'table ' || called from relation where relkind in ('r', 'p', 'v', 'm')
        union all
        select a.attacl, r.relowner, 'table ' || r.called || ' (' || a.attname || ')'
        from relation r join pg_attribute a on a.attrelid = r.oid where a.attacl is not null
    ) object
    cross join lateral (
        select privilege_type, is_grantable, grantee from aclexplode(object.acl) where grantee <> object.owner
    ) given
    where to_regrole('nguon_log') is not null
)
select 'function' as kind, called as name,
    concat_ws(
        ' ', pg_get_function_result(oid), (select lanname from pg_language l where l.oid = prolang), prokind, provolatile,
        proisstrict, proparallel, prosecdef, array_to_string(proconfig, ' '),
        encode(sha256(convert_to(coalesce(pg_get_function_sqlbody(oid), prosrc), 'UTF8')), 'hex')
    ) as said
from routine
union all
select 'trigger', r.called || ' ' || t.tgname,
    concat_ws(' ', t.tgtype, t.tgenabled, t.tgfoid::regproc, t.tgattr, t.tgqual is not null, t.tgoldtable, t.tgnewtable)
from pg_trigger t join relation r on r.oid = t.tgrelid
where not t.tgisinternal
union all
select 'constraint', r.called || ' ' || c.conname,
    pg_get_constraintdef(c.oid) || case when c.convalidated then '' else ' not looked at' end
from pg_constraint c join relation r on r.oid = c.conrelid
where c.contype in ('c', 'p', 'u', 'x', 'f')
union all
select 'column', r.called || ' ' || a.attname,
    concat_ws(' ', format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attgenerated, pg_get_expr(d.adbin, d.adrelid))
from relation r
join pg_attribute a on a.attrelid = r.oid and a.attnum > 0 and not a.attisdropped
left join pg_attrdef d on d.adrelid = r.oid and d.adnum = a.attnum
where r.relkind in ('r', 'p')
union all
select 'relation', called, concat_ws(' ', relkind, relpersistence, relrowsecurity, relhasrules, relhassubclass)
from relation
where relkind in ('r', 'p', 'v', 'm', 'f', 'S')
union all
select 'right',
    lower(privilege_type) || ' on ' || what || ' to ' || case when grantee = 0 then 'public' else pg_get_userbyid(grantee) end,
    case when is_grantable then 'and to give it on' else '' end
from given
union all
select 'event trigger', evtname, evtenabled::text from pg_event_trigger
union all
-- From here on: what is told only where it is not as it is to be.
select 'owner', what || ' ' || name, owner
from (
    select 'schema' as what, nspname as name, nspname, pg_get_userbyid(nspowner) as owner from ours
    union all
    select 'function', called, nspname, pg_get_userbyid(proowner) from routine
    union all
    select 'table', called, nspname, pg_get_userbyid(relowner) from relation where relkind in ('r', 'p', 'v', 'm')
) owned
where to_regrole('nguon_log') is not null
    and owner <> case nspname when 'events' then 'nguon_log' else 'nguon_owner' end
union all
select 'member', pg_get_userbyid(m.member), 'nguon_log'
from pg_auth_members m
join pg_roles r on r.oid = m.member
where m.roleid = to_regrole('nguon_log') and not r.rolsuper
union all
select 'setting', name, setting
from pg_settings
where (name, setting) in (
    ('fsync', 'off'), ('full_page_writes', 'off'), ('zero_damaged_pages', 'on'), ('ignore_checksum_failure', 'on'),
    ('allow_system_table_mods', 'on'), ('session_replication_role', 'replica'), ('session_replication_role', 'local')
)
order by 1, 2, 3
