-- A signed checkpoint stays as it is; witnesses may add their signature lines below.
create function events.refuse_other_note() returns trigger
    language plpgsql set search_path = pg_catalog, pg_temp
as $$
begin
    if (new.size, new.number, new.root) <> (old.size, old.number, old.root) or not starts_with(new.note, old.note) then
        raise exception 'a signed checkpoint only gains signatures: size % refused', old.size using errcode = 'NG006';
    end if;
    return new;
end $$;

create trigger gains_signatures before update on events.signed_checkpoint
    for each row execute function events.refuse_other_note();
alter table events.signed_checkpoint enable always trigger gains_signatures;

create trigger stays before delete or truncate on events.signed_checkpoint
    for each statement execute function events.refuse_change();
alter table events.signed_checkpoint enable always trigger stays;
