-- The sealed records of a person, oldest first; those erased are left out. For `events.record_reading`, which records
-- that they are read: nobody else may execute it.
create function vault.records_of(whose uuid) returns table (version integer, commitment bytea, sealed bytea)
    language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
    select p.version, p.commitment, p.sealed
    from vault.person p
    where p.subject = whose and p.sealed is not null
    order by p.version
$$;

revoke execute on function vault.records_of from public;
