-- A terminal has one licence again: of several the newest; those without a terminal have no place.
UPDATE terminal_work SET natural_key = 'licence' WHERE kind = 'licence';
DROP TABLE licence_setting;
DROP TABLE licence_bare;
DROP TABLE licence_term;
UPDATE storage_blob SET ref_count = ref_count - (
    SELECT count(*) FROM licence_file f WHERE f.blob_id = storage_blob.id AND f.is_current
        AND (f.terminal_id IS NULL OR EXISTS (SELECT 1 FROM licence_file g
            WHERE g.terminal_id = f.terminal_id AND g.is_current AND g.id > f.id)))
WHERE id IN (
    SELECT f.blob_id FROM licence_file f WHERE f.is_current
        AND (f.terminal_id IS NULL OR EXISTS (SELECT 1 FROM licence_file g
            WHERE g.terminal_id = f.terminal_id AND g.is_current AND g.id > f.id)));
DELETE FROM licence_file WHERE terminal_id IS NULL OR (is_current AND EXISTS (
    SELECT 1 FROM licence_file g WHERE g.terminal_id = licence_file.terminal_id AND g.is_current
        AND g.id > licence_file.id));
CREATE TABLE licence_old (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    terminal_id BIGINT NOT NULL REFERENCES terminal_place (id),
    tid TEXT NOT NULL,
    tid_search TEXT NOT NULL,
    establishment_id BIGINT NOT NULL REFERENCES network_establishment (id),
    file_name TEXT NOT NULL,
    file_search TEXT NOT NULL,
    size_bytes BIGINT NOT NULL,
    sha256 TEXT NOT NULL,
    blob_id BIGINT REFERENCES storage_blob (id),
    state TEXT NOT NULL CHECK
        (state IN ('waiting', 'fetched', 'confirmed', 'failed', 'superseded', 'deleted')),
    is_current BOOLEAN NOT NULL,
    work_id BIGINT REFERENCES terminal_work (id),
    outcome_code TEXT,
    uploaded_at BIGINT NOT NULL,
    uploaded_by TEXT NOT NULL,
    fetched_at BIGINT,
    confirmed_at BIGINT,
    ended_at BIGINT,
    ended_by TEXT,
    first_fetched_at BIGINT
);
INSERT INTO licence_old SELECT id, terminal_id, tid, tid_search, establishment_id, file_name,
    file_search, size_bytes, sha256, blob_id, state, is_current, work_id, outcome_code, uploaded_at,
    uploaded_by, fetched_at, confirmed_at, ended_at, ended_by, first_fetched_at FROM licence_file;
INSERT INTO sqlite_sequence (name, seq) SELECT 'licence_old', 0
    WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = 'licence_old');
UPDATE sqlite_sequence
    SET seq = coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'licence_file'), 0)
    WHERE name = 'licence_old';
DROP TABLE licence_file;
ALTER TABLE licence_old RENAME TO licence_file;
CREATE UNIQUE INDEX licence_file_current ON licence_file (terminal_id) WHERE is_current;
CREATE INDEX licence_file_terminal ON licence_file (terminal_id, id);
CREATE INDEX licence_file_establishment ON licence_file (establishment_id, id);
CREATE INDEX licence_file_state ON licence_file (state, id);
CREATE INDEX licence_file_tid ON licence_file (tid_search, id);
CREATE INDEX licence_file_name ON licence_file (file_search, id);
CREATE INDEX licence_file_work ON licence_file (work_id);
