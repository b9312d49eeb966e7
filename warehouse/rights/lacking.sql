-- Grain: one row per statement that an administrator of the server has to run because this account may not, in order.
select 'create role ' || quote_ident(name) || ' nologin' as statement
from unnest(%(roles)s) as name
where to_regrole(name) is null
union all
select 'grant nguon_owner to ' || quote_ident(current_user)
where not %(may_own)s
union all
select 'grant create on database ' || quote_ident(datname) || ' to nguon_owner'
from pg_database
where datname = current_database()
    and not coalesce(has_database_privilege(to_regrole('nguon_owner'), oid, 'CREATE'), pg_has_role(datdba, 'USAGE'));
