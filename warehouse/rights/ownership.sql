-- Grain: one row per schema, table, view or function of ours that nguon_owner does not own yet: the statement that
-- hands it over, schemas first.
select statement
from (
    select 1 as turn, 'alter schema ' || quote_ident(nspname) || ' owner to nguon_owner' as statement
    from pg_namespace
    where nspname = any(%(schemas)s) and nspowner <> to_regrole('nguon_owner')
    union all
    select 2, 'alter table ' || oid::regclass || ' owner to nguon_owner'
    from pg_class
    where relnamespace::regnamespace::text = any(%(schemas)s) and relkind in ('r', 'p', 'v', 'm')
        and relowner <> to_regrole('nguon_owner')
    union all
    select 2, 'alter routine ' || oid::regprocedure || ' owner to nguon_owner'
    from pg_proc
    where pronamespace::regnamespace::text = any(%(schemas)s) and proowner <> to_regrole('nguon_owner')
) handing
order by turn, statement;
