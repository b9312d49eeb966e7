-- The vault: the program adds, and erases content in place; an auditor reads, and leaves a record of having read.
grant usage on schema vault to nguon_writer, nguon_auditor;
grant select on vault.access, vault.account, vault.comment, vault.file, vault.former_match, vault.hold, vault.person, vault.row,
    vault.subject to nguon_writer, nguon_auditor;
grant insert on vault.access, vault.account, vault.comment, vault.file, vault.former_match, vault.hold, vault.person, vault.row,
    vault.subject to nguon_writer;
grant update (name, content, salt, fingerprint) on vault.file to nguon_writer;
grant update (released_by, released_salt) on vault.hold to nguon_writer;
grant update (content, salt) on vault.comment, vault.person, vault.row to nguon_writer;
grant update (match) on vault.former_match, vault.subject to nguon_writer;
-- `events.record_reading`, which runs as nguon_log, answers with sealed records and records that it did.
grant usage on schema vault to nguon_log;
grant insert on vault.access to nguon_log;
grant select (subject) on vault.person to nguon_log;
grant execute on function vault.records_of to nguon_log;
