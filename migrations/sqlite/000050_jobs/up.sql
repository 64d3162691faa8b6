-- One row per background job. Whoever moves holder and until_at by a guarded UPDATE may run it;
-- a holder that died loses it when until_at has passed.
CREATE TABLE job_lease (
    name TEXT PRIMARY KEY NOT NULL,
    holder TEXT,
    until_at BIGINT NOT NULL,
    next_at BIGINT NOT NULL,
    last_began_at BIGINT,
    last_done_at BIGINT,
    last_error TEXT
);
