-- INSERT on the whole table is the right to append anything. An account that has it on the columns only, as auditors do,
-- may append readings of personal data and nothing else.
create function events.guard_readings() returns trigger
    language plpgsql set search_path = pg_catalog, pg_temp
as $$
begin
    if exists (
        select from fresh
        where type <> 'PersonalDataAccessed' or body ->> 'type' is distinct from type or stream not like 'reading-%'
    ) then
        raise exception 'this account may append readings only' using errcode = 'insufficient_privilege';
    end if;
    return null;
end $$;

create trigger only_readings after insert on events.event
    referencing new table as fresh for each statement
    when (not has_table_privilege('events.event', 'insert')) execute function events.guard_readings();
alter table events.event enable always trigger only_readings;
