-- Logs that terminals sent, scrubbed. A row stands for the file as the terminal names it: size_bytes is how
-- much of it is here, and where the terminal goes on. encoding is empty as long as nothing tells it.
-- The establishment is that of the time when the log began.
CREATE TABLE monitoring_log (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    terminal_id BIGINT NOT NULL REFERENCES terminal_place (id),
    establishment_id BIGINT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('ecr', 'pos')),
    name TEXT NOT NULL,
    format TEXT NOT NULL,
    encoding TEXT NOT NULL,
    till TEXT NOT NULL,
    day TEXT NOT NULL,
    begun_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    whole BOOLEAN NOT NULL,
    size_bytes BIGINT NOT NULL,
    stored_bytes BIGINT NOT NULL,
    records BIGINT NOT NULL,
    unread BIGINT NOT NULL,
    pans BIGINT NOT NULL,
    tracks BIGINT NOT NULL,
    pins BIGINT NOT NULL,
    cvvs BIGINT NOT NULL,
    asked_work BIGINT,
    UNIQUE (terminal_id, kind, name)
);
CREATE INDEX monitoring_log_days ON monitoring_log (kind, day, id);
CREATE INDEX monitoring_log_establishment ON monitoring_log (kind, establishment_id, day, id);
CREATE INDEX monitoring_log_terminal ON monitoring_log (terminal_id, kind, day, id);
CREATE INDEX monitoring_log_till ON monitoring_log (kind, till, day, id);
CREATE INDEX monitoring_log_format ON monitoring_log (kind, format, day, id);
CREATE INDEX monitoring_log_unread ON monitoring_log (kind, day, id) WHERE unread > 0;
CREATE INDEX monitoring_log_age ON monitoring_log (kind, establishment_id, changed_at, id);

-- What of it came at once: a gzip member of its own that begins and ends with a record.
CREATE TABLE monitoring_log_piece (
    log_id BIGINT NOT NULL REFERENCES monitoring_log (id),
    at BIGINT NOT NULL,
    length BIGINT NOT NULL,
    stored_bytes BIGINT NOT NULL,
    first_record BIGINT NOT NULL,
    records BIGINT NOT NULL,
    blob_id BIGINT NOT NULL REFERENCES storage_blob (id),
    PRIMARY KEY (log_id, at)
) WITHOUT ROWID;
CREATE INDEX monitoring_log_piece_record ON monitoring_log_piece (log_id, first_record);
CREATE INDEX monitoring_log_piece_blob ON monitoring_log_piece (blob_id);

-- How much a terminal sent on the day it sent last; days are counted from 1970-01-01 in UTC.
CREATE TABLE monitoring_log_taken (
    terminal_id BIGINT PRIMARY KEY NOT NULL REFERENCES terminal_place (id),
    day INTEGER NOT NULL,
    bytes BIGINT NOT NULL
) WITHOUT ROWID;

-- For how many days logs are kept, by establishment; 0 is for those that have no row of their own.
CREATE TABLE monitoring_log_keeping (
    establishment_id BIGINT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('ecr', 'pos')),
    days INTEGER NOT NULL,
    PRIMARY KEY (establishment_id, kind)
) WITHOUT ROWID;

-- What was deleted on each day, and what that freed.
CREATE TABLE monitoring_log_freed (
    establishment_id BIGINT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('ecr', 'pos')),
    day INTEGER NOT NULL,
    logs BIGINT NOT NULL,
    size_bytes BIGINT NOT NULL,
    stored_bytes BIGINT NOT NULL,
    PRIMARY KEY (establishment_id, kind, day)
) WITHOUT ROWID;
CREATE INDEX monitoring_log_freed_days ON monitoring_log_freed (day, establishment_id, kind);
