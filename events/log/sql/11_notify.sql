-- Tell whoever follows the log that it grew. A hint only: a follower looks from time to time in any case.
create function events.notify_growth() returns trigger
    language plpgsql set search_path = pg_catalog, pg_temp
as $$
begin
    perform pg_notify('nguon_events', new.position::text);
    return null;
end $$;

create trigger notify_growth after update on events.head
    for each row execute function events.notify_growth();
