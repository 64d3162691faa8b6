-- One row per uploaded licence. What was replaced or deleted after its delivery stays as a
-- tombstone without its file: blob_id is then empty.
CREATE TABLE licence_file (
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
    ended_by TEXT
);
-- A terminal has one licence at a time, whoever uploads at the same moment.
CREATE UNIQUE INDEX licence_file_current ON licence_file (terminal_id) WHERE is_current;
CREATE INDEX licence_file_terminal ON licence_file (terminal_id, id);
CREATE INDEX licence_file_establishment ON licence_file (establishment_id, id);
CREATE INDEX licence_file_state ON licence_file (state, id);
CREATE INDEX licence_file_tid ON licence_file (tid_search, id);
CREATE INDEX licence_file_name ON licence_file (file_search, id);
CREATE INDEX licence_file_work ON licence_file (work_id);
