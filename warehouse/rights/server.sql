-- What only a superuser may settle. nguon_log may end a session that holds the head without being allowed to append.
-- Nobody keeps large objects: they would lie outside all that is ours, and could be filled by every account.
do $$
declare
    large regprocedure;
begin
    if not (select rolsuper from pg_roles where rolname = current_user) then
        return;
    end if;
    grant pg_signal_backend, pg_read_all_stats to nguon_log;
    for large in
        select oid from pg_proc
        where pronamespace = 'pg_catalog'::regnamespace
            and proname in ('lo_creat', 'lo_create', 'lo_from_bytea', 'lo_open', 'lo_put', 'lo_unlink', 'lowrite')
    loop
        execute 'revoke execute on function ' || large || ' from public';
    end loop;
end $$;
