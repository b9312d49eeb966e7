-- Grain: one row per right on what is not ours but this account's to share: the statement that settles it.
select statement
from pg_database d
cross join (values
    ('grant connect on database ', ' to nguon_owner, nguon_writer, nguon_reader, nguon_auditor'),
    ('grant create on database ', ' to nguon_owner'),
    -- Projections, rebuilds and verifications keep what they work on in temporary tables; nobody else fills the disk so.
    ('revoke temporary on database ', ' from public'),
    ('revoke temporary on database ', ' from nguon_reader'),
    ('grant temporary on database ', ' to nguon_owner, nguon_writer, nguon_auditor')
) as given (what, whom)
cross join lateral (select given.what || quote_ident(d.datname) || given.whom as statement) made
where d.datname = current_database() and pg_has_role(d.datdba, 'USAGE')
union all
-- For every session but the program's own, which says otherwise of itself: nobody waits for a lock for long, nor keeps
-- others waiting. A session may set other times for itself; whoever then holds the head, `events.free_head` ends.
select 'alter database ' || quote_ident(d.datname) || ' set ' || setting || ' = ' || quote_literal(value)
from pg_database d
cross join (values
    ('lock_timeout', '10s'), ('statement_timeout', '1h'), ('idle_in_transaction_session_timeout', '10min')
) as given (setting, value)
where d.datname = current_database() and pg_has_role(d.datdba, 'USAGE')
union all
select 'grant usage on schema public to nguon_owner, nguon_writer, nguon_reader, nguon_auditor'
from pg_namespace
where nspname = 'public' and pg_has_role(nspowner, 'USAGE')
union all
select given
from pg_class
cross join (values
    ('grant select, update on public.migration to nguon_owner'),
    ('grant select on public.migration to nguon_writer, nguon_reader, nguon_auditor')
) as made (given)
where oid = to_regclass('public.migration') and pg_has_role(relowner, 'USAGE');
