-- Whoever made a role may give it to itself, and does, to go on working with what it hands over to it.
do $$
begin
    execute 'grant %(role)s to current_user'
        || case when current_setting('server_version_num')::integer >= 160000 then ' with inherit true, set true' else '' end;
exception when insufficient_privilege or unique_violation or undefined_object then
    null;
end $$;
