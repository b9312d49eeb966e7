-- Grain: one row per thing that only one process does at a time; its row lock is the turn. In place of advisory locks,
-- which every account of the server may take, whatever their keys: `pg_locks` shows these.
create table events.turn (
    what text not null,
    constraint turn_pkey primary key (what),
    constraint turn_short check (octet_length(what) between 1 and 200)
);
comment on table events.turn is 'One row per thing that only one process does at a time: its row lock is the turn.';

-- Take a turn until the transaction ends. Whoever does not get it within a second is told so, and asks again.
create function events.take_turn(what text) returns void
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp set lock_timeout = '1s'
as $$
begin
    loop
        perform from events.turn t where t.what = take_turn.what for update;
        exit when found;
        -- Another may be adding it at this moment: then this waits for the end of that transaction.
        insert into events.turn values (take_turn.what) on conflict do nothing;
        exit when found;
    end loop;
end $$;

revoke execute on function events.take_turn from public;
