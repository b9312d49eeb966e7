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

-- The root of the tree of the first so many leaves, from the tiles: RFC 9162, section 2.1.1.
create function events.tree_root(size bigint) returns bytea
    language plpgsql stable strict set search_path = pg_catalog, pg_temp
as $$
declare
    root bytea;
    hashes bytea;
    width bigint;
    low bigint;
begin
    for height in 0 .. 7 loop
        width := (size >> 8 * height) & 255;
        continue when width = 0;
        select t.hashes into hashes from events.tile t where t.level = height and t.number = size >> 8 * height + 8;
        while width > 0 loop
            low := width & -width;
            width := width - low;
            root := case when root is null then '' else '\x01'::bytea end
                || events.tile_root(substring(hashes from (width * 32 + 1)::integer for (low * 32)::integer))
                || coalesce(root, '');
            root := case when length(root) = 32 then root else sha256(root) end;
        end loop;
    end loop;
    return coalesce(root, sha256(''));
end $$;

-- Whoever may sign adds the next checkpoint, of more events than the last, and with the root that the tiles have: else
-- one row that says otherwise would stand in the way of all that come after it.
create function events.refuse_other_root() returns trigger
    language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    last events.signed_checkpoint;
begin
    select * into last from events.signed_checkpoint order by number desc limit 1;
    if new.number <> coalesce(last.number, 0) + 1 or new.size <= coalesce(last.size, -1)
        or new.size > (select position from events.head) or new.root is distinct from events.tree_root(new.size)
    then
        raise exception 'a checkpoint states the tree as it stands: size % refused', new.size using errcode = 'NG011';
    end if;
    return new;
end $$;

revoke execute on function events.tree_root, events.refuse_other_root from public;

create trigger states_the_tree before insert on events.signed_checkpoint
    for each row execute function events.refuse_other_root();
alter table events.signed_checkpoint enable always trigger states_the_tree;
