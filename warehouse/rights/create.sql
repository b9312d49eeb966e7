-- The roles that rights are given to. They belong to the whole server: another database may have made them already, or
-- be making them now. An account that may not make any leaves that to an administrator.
do $$
declare
    wanted text;
begin
    foreach wanted in array %(roles)s loop
        if to_regrole(wanted) is null then
            begin
                execute 'create role ' || quote_ident(wanted) || ' nologin';
            exception when duplicate_object or unique_violation or insufficient_privilege then
                null;
            end;
        end if;
    end loop;
end $$;
