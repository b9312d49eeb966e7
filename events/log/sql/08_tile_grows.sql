-- A tile only ever becomes wider: what it says already stays at its beginning.
create function events.refuse_other_hashes() returns trigger
    language plpgsql set search_path = pg_catalog, pg_temp
as $$
begin
    if (new.level, new.number) <> (old.level, old.number)
        or length(new.hashes) <= length(old.hashes)
        or substring(new.hashes for length(old.hashes)) <> old.hashes
    then
        raise exception 'a tile only grows: tile %/% refused', old.level, old.number using errcode = 'NG005';
    end if;
    return new;
end $$;

create trigger grows before update on events.tile for each row execute function events.refuse_other_hashes();
alter table events.tile enable always trigger grows;

create trigger stays before delete or truncate on events.tile
    for each statement execute function events.refuse_change();
alter table events.tile enable always trigger stays;
