-- Record that an account reads a person's data, and answer with the sealed records, oldest first; none where there are
-- none. It appends the event, and the vault's row that it commits to, in the caller's transaction: whoever may execute
-- this needs no right on the log's tables. `by` is the actor, `reader` and `purpose` who reads and why.
create function events.record_reading(subject uuid, reader text, purpose text, by text)
    returns table (version integer, commitment bytea, sealed bytea)
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp set lock_timeout = '1s'
as $$
declare
    reading constant uuid := gen_random_uuid();
    salt constant bytea := sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()));
    bound constant bytea := sha256(salt || convert_to(reader, 'UTF8') || '\x00'::bytea || convert_to(purpose, 'UTF8'));
    head record;
begin
    if by !~ '^((command|flow)\.[a-z][a-z0-9_-]{0,63}|account\.[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$'
        or octet_length(reader) not between 1 and 400 or octet_length(purpose) not between 1 and 400
        or by is null or reader is null or purpose is null
    then
        raise exception 'a reading tells by whom, for whom and why' using errcode = 'NG010';
    end if;
    perform from vault.person p where p.subject = record_reading.subject;
    if not found then
        return;
    end if;
    select * into strict head from events.lock_head('reading-' || reading, 1);
    insert into vault.access (reading, reader, subject, purpose, salt) values (reading, reader, subject, purpose, salt);
    insert into events.event (position, stream, stream_version, type, recorded_at, body)
    values (
        head.head_position + 1, 'reading-' || reading, 1, 'PersonalDataAccessed', head.stamp,
        json(format(
            '{"at":"%s","by":"%s","data":{"commitment":"%s","reading":"%s","subject":"%s"},"stream":"reading-%s",'
            '"type":"PersonalDataAccessed","v":1,"version":1}',
            to_char(head.stamp at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), by, encode(bound, 'hex'), reading,
            subject, reading
        ))
    );
    return query select * from vault.records_of(subject);
end $$;

revoke execute on function events.record_reading from public;
