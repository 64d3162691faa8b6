-- The installation's logo: one row, once there was any. It stays without a blob when the logo is
-- removed, so that the version goes on rising.
CREATE TABLE setting_logo (
    id BIGINT PRIMARY KEY NOT NULL,
    blob_id BIGINT REFERENCES storage_blob (id),
    content_type TEXT NOT NULL,
    width BIGINT NOT NULL,
    height BIGINT NOT NULL,
    version BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    changed_by TEXT NOT NULL
);
