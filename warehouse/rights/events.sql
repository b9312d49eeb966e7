-- The log: the program appends and signs; the tree grows by a function of its own; an auditor reads all but takes no
-- lock, and records what they read of people through a function.
grant usage on schema events to nguon_owner, nguon_writer, nguon_auditor;
grant execute on function events.clock, events.leaf, events.lock_head, events.free_head, events.take_turn,
    events.grow_tree to nguon_owner, nguon_writer;
grant execute on function events.record_reading to nguon_owner, nguon_writer, nguon_auditor;
grant select on events.event, events.head, events.skew, events.turn, events.tile, events.signed_checkpoint
    to nguon_owner, nguon_writer, nguon_auditor;
grant insert on events.event to nguon_owner, nguon_writer;
grant insert on events.signed_checkpoint to nguon_owner, nguon_writer;
grant update (note) on events.signed_checkpoint to nguon_owner, nguon_writer;
