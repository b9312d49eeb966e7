-- What belongs to nguon_log is handed over: whoever took part in that is no member of it from now on.
do $$
begin
    if not (select rolsuper from pg_roles where rolname = current_user) then
        execute 'revoke nguon_log from current_user';
    end if;
exception when insufficient_privilege or undefined_object then
    null;
end $$;
