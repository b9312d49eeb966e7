-- Issued contents hold no personal data: all read them, and none is ever changed.
grant usage on schema issued to nguon_writer, nguon_reader, nguon_auditor;
grant select on issued.content to nguon_writer, nguon_reader, nguon_auditor;
grant insert on issued.content to nguon_writer;
