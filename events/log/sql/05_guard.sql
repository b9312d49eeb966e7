-- The laws of the log, checked once for each statement that adds rows: positions follow the head without a gap,
-- time does not run backwards or ahead, versions of each stream follow what stands. Then the head moves.
create function events.guard_append() returns trigger
    language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    head events.head;
    added record;
begin
    select * into strict head from events.head for update;
    -- One pass over the new rows: sums of what each stream gained.
    select sum(s.n)::bigint as n, min(s.first) as first, max(s.last) as last,
        min(s.earliest) as earliest, max(s.latest) as latest,
        min(s.stream) filter (where s.low < 1 or s.high - s.low + 1 <> s.n or s.low > 1 and not exists (
            select from events.event e where e.stream = s.stream and e.stream_version = s.low - 1
        )) as broken
    into added
    from (
        select stream, count(*) as n, min(stream_version) as low, max(stream_version) as high,
            min(position) as first, max(position) as last, min(recorded_at) as earliest, max(recorded_at) as latest
        from fresh group by stream
    ) s;
    if added.n is null then
        return null;
    end if;
    if added.first <> head.position + 1 or added.last <> head.position + added.n then
        raise exception 'positions must follow the head' using errcode = 'NG001',
            detail = json_build_object('expected', head.position + 1, 'found', added.first)::text;
    end if;
    if added.earliest <> added.latest or added.earliest < head.recorded_at or added.latest > clock_timestamp() then
        raise exception 'one append has one time, not before the last and not in the future' using errcode = 'NG002',
            detail = json_build_object('expected', head.recorded_at, 'found', added.earliest)::text;
    end if;
    if added.broken is not null then
        raise exception 'versions of a stream must follow what stands' using errcode = 'NG003',
            detail = json_build_object('stream', added.broken, 'expected', (
                select min(stream_version) - 1 from fresh where stream = added.broken
            ))::text;
    end if;
    update events.head set position = added.last, recorded_at = added.latest;
    return null;
end $$;

-- Whoever may execute it may hang it on a table of their own, and with rows of their own move the head.
revoke execute on function events.guard_append from public;

create trigger guard_append after insert on events.event
    referencing new table as fresh for each statement execute function events.guard_append();
alter table events.event enable always trigger guard_append;
