-- The newest licences first, by when they were deposited: told by the id alone, PostgreSQL reads along the
-- primary key and passes over whatever else was deposited since, however much that is.
DROP INDEX licence_file_now;
DROP INDEX licence_file_software;
DROP INDEX licence_file_establishment;
DROP INDEX licence_file_state;
DROP INDEX licence_file_source;
CREATE INDEX licence_file_now ON licence_file (is_current, uploaded_at, id);
CREATE INDEX licence_file_software ON licence_file (is_current, software_key, uploaded_at, id);
CREATE INDEX licence_file_establishment ON licence_file (establishment_id, is_current, uploaded_at, id);
CREATE INDEX licence_file_state ON licence_file (state, uploaded_at, id);
CREATE INDEX licence_file_source ON licence_file (source, source_id, uploaded_at, id);
