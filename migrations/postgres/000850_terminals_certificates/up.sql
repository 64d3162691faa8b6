-- The end of a certificate. A token has none.
ALTER TABLE terminal_credential ADD COLUMN not_after BIGINT;
