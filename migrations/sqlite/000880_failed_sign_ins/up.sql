-- Sign-ins that failed. What was typed as a login stands here only as the operator whose login it is:
-- people type passwords into the wrong field.
CREATE TABLE access_failed_sign_in (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    at BIGINT NOT NULL,
    operator_id BIGINT REFERENCES access_operator (id),
    address TEXT,
    reason TEXT NOT NULL CHECK (reason IN ('wrong-password', 'no-password', 'disabled', 'unknown',
        'second-factor', 'provider', 'throttled', 'dropped')),
    -- How many such there were: more than one only where they were too many to be kept one by one.
    times BIGINT NOT NULL
);
CREATE INDEX access_failed_sign_in_operator ON access_failed_sign_in (operator_id, id);
CREATE INDEX access_failed_sign_in_address ON access_failed_sign_in (address, id);
CREATE INDEX access_failed_sign_in_reason ON access_failed_sign_in (reason, id);
