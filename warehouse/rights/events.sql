-- The log: the program appends, grows the tree and signs; an auditor reads all, and records only what they read.
grant usage on schema events to nguon_writer, nguon_auditor;
grant execute on function events.leaf, events.lock_head to nguon_writer, nguon_auditor;
grant select on events.event, events.head, events.tile, events.signed_checkpoint to nguon_writer, nguon_auditor;
grant insert on events.event, events.tile, events.signed_checkpoint to nguon_writer;
grant update (hashes) on events.tile to nguon_writer;
grant update (note) on events.signed_checkpoint to nguon_writer;
grant insert (position, stream, stream_version, type, recorded_at, body) on events.event to nguon_auditor;
