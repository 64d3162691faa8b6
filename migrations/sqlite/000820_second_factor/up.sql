-- The key that an operator's authenticator program shares, sealed; and the last step whose code counted.
CREATE TABLE access_second_factor (
    operator_id BIGINT PRIMARY KEY NOT NULL REFERENCES access_operator (id),
    sealed_key BLOB NOT NULL,
    last_step BIGINT NOT NULL,
    wrong_tries BIGINT NOT NULL,
    tried_at BIGINT,
    created_at BIGINT NOT NULL
);

CREATE TABLE access_recovery_code (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    operator_id BIGINT NOT NULL REFERENCES access_operator (id),
    hash BLOB NOT NULL,
    used_at BIGINT
);
CREATE INDEX access_recovery_code_operator ON access_recovery_code (operator_id, hash);

-- What stands between a proved password and a session. The token is never stored, only its hash.
CREATE TABLE access_challenge (
    hash BLOB PRIMARY KEY NOT NULL,
    operator_id BIGINT NOT NULL REFERENCES access_operator (id),
    purpose TEXT NOT NULL CHECK (purpose IN ('check', 'enrol')),
    next TEXT NOT NULL,
    tries_left BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX access_challenge_operator ON access_challenge (operator_id);
CREATE INDEX access_challenge_expiry ON access_challenge (expires_at);

ALTER TABLE access_role ADD COLUMN needs_second_factor BOOLEAN NOT NULL DEFAULT FALSE;
