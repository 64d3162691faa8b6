-- One row per distinct content. ref_count is moved by the owners' transactions; a row without
-- references is condemned first and removed a day later, each by a guarded statement.
CREATE TABLE storage_blob (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    sha256 TEXT NOT NULL UNIQUE,
    size_bytes BIGINT NOT NULL,
    store_key TEXT NOT NULL UNIQUE,
    content_type TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('live', 'condemned')),
    ref_count BIGINT NOT NULL DEFAULT 0 CHECK (ref_count >= 0),
    created_at BIGINT NOT NULL,
    condemned_at BIGINT
);
CREATE INDEX storage_blob_idle ON storage_blob (state, ref_count, condemned_at);

-- Keys that may hold bytes which no blob owns: uploads under way, and blobs that were removed.
-- A key is written here before its first byte, so nothing is ever left behind unknown.
CREATE TABLE storage_loose (
    store_key TEXT PRIMARY KEY NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('uploading', 'doomed')),
    due_at BIGINT NOT NULL
);
CREATE INDEX storage_loose_due ON storage_loose (state, due_at);
