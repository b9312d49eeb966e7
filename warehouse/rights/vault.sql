-- The vault: the program adds, and erases in place; an auditor reads what is sealed, and leaves a record of having read.
grant usage on schema vault to nguon_writer, nguon_auditor;
grant select on vault.access, vault.account, vault.comment, vault.condemned, vault.file, vault.former_match, vault.hold,
    vault.mention, vault.subject, vault.tombstone, vault.workbook to nguon_writer, nguon_auditor;
grant select on vault.person to nguon_writer;
-- The records of people an auditor reads through `events.record_reading` alone, which leaves a record of it.
grant select (subject, version, commitment, likeness, kept) on vault.person to nguon_auditor;
grant insert on vault.access, vault.account, vault.comment, vault.condemned, vault.file, vault.former_match, vault.hold,
    vault.mention, vault.person, vault.subject, vault.tombstone, vault.workbook to nguon_writer;
grant update (slot, sealed_name, sealed, fingerprint) on vault.file to nguon_writer;
grant update (released_by, released_salt) on vault.hold to nguon_writer;
grant update (sealed) on vault.comment, vault.workbook to nguon_writer;
grant update (likeness, sealed) on vault.person to nguon_writer;
grant update (match) on vault.former_match to nguon_writer;
grant update (match, slot) on vault.subject to nguon_writer;
grant update (words, mac) on vault.mention to nguon_writer;
grant delete on vault.condemned, vault.mention, vault.tombstone to nguon_writer;
-- `events.record_reading`, which runs as nguon_log, answers with sealed records and records that it did.
grant usage on schema vault to nguon_log;
grant insert on vault.access to nguon_log;
grant select (subject) on vault.person to nguon_log;
grant execute on function vault.records_of to nguon_log;
