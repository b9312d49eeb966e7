-- Whoever only reads waits for no lock for long, and keeps no transaction open for long: an account's own setting here, as
-- those of a role do not come with membership. An account may set others for its session; whoever then holds the head of
-- the log is ended by `events.free_head`. Another session may be making or dropping accounts meanwhile: then the next
-- init does it.
do $$
declare
    each record;
begin
    if not (select rolsuper from pg_roles where rolname = current_user) then
        return;
    end if;
    for each in
        select m.rolname, setting, value
        from pg_roles m
        cross join (values
            ('lock_timeout', '10s', '10s'), ('statement_timeout', '10min', '2h'),
            ('idle_in_transaction_session_timeout', '5min', '1h')
        ) as given (setting, reader, auditor)
        cross join lateral (
            select case when pg_has_role(m.oid, 'nguon_auditor', 'MEMBER') then auditor else reader end as value
        ) chosen
        where m.rolcanlogin and not m.rolsuper
            and (pg_has_role(m.oid, 'nguon_auditor', 'MEMBER') or pg_has_role(m.oid, 'nguon_reader', 'MEMBER'))
            and not pg_has_role(m.oid, 'nguon_writer', 'MEMBER') and not pg_has_role(m.oid, 'nguon_owner', 'MEMBER')
            and not exists (
                select from pg_db_role_setting s
                where s.setrole = m.oid and s.setdatabase in (0, (select oid from pg_database where datname = current_database()))
                    and setting = any(select split_part(one, '=', 1) from unnest(s.setconfig) as one)
            )
    loop
        begin
            execute format('alter role %%I in database %%I set %%I = %%L', each.rolname, current_database(), each.setting, each.value);
        exception when undefined_object or internal_error then
            null;
        end;
    end loop;
end $$;
