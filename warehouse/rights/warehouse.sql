-- The read side, in whichever schema is current: all read it, and the program projects into it.
do $$
begin
    execute 'grant usage on schema ' || quote_ident(current_schema()) || ' to nguon_writer, nguon_reader, nguon_auditor';
end $$;
grant select on activity, checkpoint, closing, finding, membership, nominee, policy, quality, rating, report, schedule,
    statement, step, submission, submission_state, succession, target, unit_change to nguon_writer, nguon_reader, nguon_auditor;
grant insert on activity, checkpoint, closing, finding, membership, nominee, policy, quality, rating, report, schedule,
    statement, step, submission, submission_state, succession, target, unit_change to nguon_writer;
grant update (position_to) on activity, membership, nominee, rating, schedule, statement, step, target to nguon_writer;
grant update (unit, period, last, form, form_version, decided_position, decided_at, valid, previous, rows)
    on submission to nguon_writer;
grant update (position) on checkpoint to nguon_writer;
