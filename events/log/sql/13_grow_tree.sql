-- The root over the hashes of a full tile: RFC 9162's node hash, SHA-256(0x01 || left || right), eight times over.
create function events.tile_root(hashes bytea) returns bytea
    language plpgsql immutable strict parallel safe set search_path = pg_catalog, pg_temp
as $$
declare
    above bytea;
begin
    while length(hashes) > 32 loop
        above := '';
        for pair in 0 .. length(hashes) / 64 - 1 loop
            above := above || sha256('\x01'::bytea || substring(hashes from pair * 64 + 1 for 64));
        end loop;
        hashes := above;
    end loop;
    return hashes;
end $$;

-- Bring the tiles up to the head of the log: the one way in which they are written, from nothing but the leaf hashes
-- that stand in the log, so that nobody can put other ones there. Answers with the size of the tree.
create function events.grow_tree() returns bigint
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp set lock_timeout = '1s'
as $$
declare
    head bigint;
    reached bigint;
    upto bigint;
    leaves constant integer := 65536;
begin
    perform events.take_turn('tree');
    select h.position into strict head from events.head h;
    select t.number * 256 + length(t.hashes) / 32 into reached
    from events.tile t where t.level = 0 order by t.number desc limit 1;
    reached := coalesce(reached, 0);
    while reached < head loop
        upto := least(head, (reached / leaves + 1) * leaves);
        insert into events.tile as t (level, number, hashes)
        select 0, (e.position - 1) / 256, string_agg(e.leaf_hash, ''::bytea order by e.position)
        from events.event e
        where e.position > reached and e.position <= upto
        group by (e.position - 1) / 256
        on conflict (level, number) do update set hashes = t.hashes || excluded.hashes;
        for height in 1 .. 7 loop
            exit when upto >> 8 * height = reached >> 8 * height;
            insert into events.tile as t (level, number, hashes)
            select height, below.number / 256, string_agg(events.tile_root(below.hashes), ''::bytea order by below.number)
            from events.tile below
            where below.level = height - 1
                and below.number >= reached >> 8 * height and below.number < upto >> 8 * height
            group by below.number / 256
            on conflict (level, number) do update set hashes = t.hashes || excluded.hashes;
        end loop;
        -- Where the log lacks a position, a tile is short of a hash; of this it must not be silent.
        perform from events.tile t
        where t.level = 0 and t.number between reached / 256 and (upto - 1) / 256
            and length(t.hashes) <> 32 * least(256, upto - t.number * 256);
        if found or not exists (select from events.tile t where t.level = 0 and t.number = (upto - 1) / 256) then
            raise exception 'the log lacks a position' using errcode = 'NG009',
                detail = json_build_object('first', reached + 1, 'last', upto)::text;
        end if;
        reached := upto;
    end loop;
    return reached;
end $$;

revoke execute on function events.tile_root, events.grow_tree from public;
