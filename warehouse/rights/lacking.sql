-- Grain: one row per statement that an administrator of the server has to run because this account may not, in order.
select 'create role ' || quote_ident(name) || ' nologin' as statement
from unnest(%(roles)s) as name
where to_regrole(name) is null
union all
select 'grant nguon_owner to ' || quote_ident(current_user)
where not %(may_own)s
union all
-- Once, to hand the log over; then nobody is to be a member of the role that owns it.
select 'grant nguon_log to ' || quote_ident(current_user)
from pg_namespace
where nspname = 'events' and nspowner is distinct from to_regrole('nguon_log') and not %(may_hand_over)s
union all
select 'revoke nguon_log from ' || quote_ident(current_user)
from pg_namespace
join pg_roles on rolname = current_user
where nspname = 'events' and nspowner = to_regrole('nguon_log') and not rolsuper
    and pg_has_role(to_regrole('nguon_log'), 'MEMBER')
union all
select 'grant create on database ' || quote_ident(datname) || ' to nguon_owner'
from pg_database
where datname = current_database()
    and not coalesce(has_database_privilege(to_regrole('nguon_owner'), oid, 'CREATE'), pg_has_role(datdba, 'USAGE'))
union all
select 'revoke temporary on database ' || quote_ident(datname) || ' from public'
from pg_database
where datname = current_database() and not pg_has_role(datdba, 'USAGE')
    and has_database_privilege('public', oid, 'TEMPORARY');
