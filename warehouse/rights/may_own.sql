-- Grain: one row: whether this account can hand things over to a role and still use them as its own.
select coalesce(bool_and(pg_has_role(to_regrole(%(role)s), needed)), false) as may_own
from unnest(array[
    'USAGE', case when current_setting('server_version_num')::integer >= 160000 then 'SET' else 'MEMBER' end
]) as needed;
