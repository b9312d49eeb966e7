-- The views for analysts hold no personal data: whoever reads figures reads them all.
grant usage on schema {schema} to nguon_writer, nguon_reader, nguon_auditor;
grant select on all tables in schema {schema} to nguon_writer, nguon_reader, nguon_auditor;
