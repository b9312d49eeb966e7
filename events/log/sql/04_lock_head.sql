-- The server's clock: the one place where the log asks for the time.
create function events.clock() returns timestamptz
    language sql volatile parallel safe
    return clock_timestamp();

-- Take the head for this transaction. Answers with the last position, the time to stamp (never before the last one),
-- the server's time before it waited, and the position at which the first event of the batch already stands, if it does.
-- Whoever does not get it within a second is told so, and asks again: waiting here would not let a Ctrl-C through.
create function events.lock_head(
    first_stream text, first_version integer,
    out head_position bigint, out stamp timestamptz, out clock timestamptz, out standing bigint
)
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp set lock_timeout = '1s'
as $$
begin
    clock := events.clock();
    select h.position, greatest(h.recorded_at, events.clock()) into strict head_position, stamp
    from events.head h for update;
    -- A statement of its own, so that it sees what the last holder of the lock committed.
    select e.position into standing
    from events.event e where e.stream = first_stream and e.stream_version = first_version;
end $$;

revoke execute on function events.clock, events.lock_head from public;

-- End the sessions that hold the head for longer than ten seconds without being allowed to append: an auditor who has
-- read a name and then does not end the transaction would else stop everybody. How many it ended.
create function events.free_head() returns integer
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
as $$
declare
    ended integer;
begin
    select count(pg_terminate_backend(a.pid)) into ended
    from pg_locks l
    join pg_stat_activity a using (pid)
    join pg_roles r on r.oid = a.usesysid
    where l.relation = 'events.head'::regclass and l.database = a.datid and l.mode = 'RowShareLock' and l.granted
        and a.xact_start < clock_timestamp() - interval '10 seconds'
        and not r.rolsuper and not has_table_privilege(r.oid, 'events.event', 'insert');
    return ended;
exception when insufficient_privilege then
    return 0;
end $$;

revoke execute on function events.free_head from public;
