-- When a terminal is next asked to renew its certificate.
ALTER TABLE terminal_credential ADD COLUMN renew_at BIGINT;
UPDATE terminal_credential SET renew_at = not_after - 2592000000 WHERE not_after IS NOT NULL;
CREATE INDEX terminal_credential_renewal ON terminal_credential (renew_at, id)
    WHERE renew_at IS NOT NULL AND revoked_at IS NULL;

-- A certificate that was signed and is not in force: the terminal has not confirmed that it has it.
CREATE TABLE terminal_certificate_offer (
    terminal_id BIGINT PRIMARY KEY NOT NULL REFERENCES terminal_place (id),
    hash BYTEA NOT NULL UNIQUE,
    not_after BIGINT NOT NULL,
    offered_at BIGINT NOT NULL
);
