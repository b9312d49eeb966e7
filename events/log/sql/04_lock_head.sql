-- Take the head for this transaction. Answers with the last position, the time to stamp (never before the last one),
-- and the position at which the first event of the batch already stands, if it does.
create function events.lock_head(
    first_stream text, first_version integer,
    out head_position bigint, out stamp timestamptz, out standing bigint
)
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
as $$
begin
    select h.position, greatest(h.recorded_at, clock_timestamp()) into strict head_position, stamp
    from events.head h for update;
    -- A statement of its own, so that it sees what the last holder of the lock committed.
    select e.position into standing
    from events.event e where e.stream = first_stream and e.stream_version = first_version;
end $$;

revoke execute on function events.lock_head from public;
