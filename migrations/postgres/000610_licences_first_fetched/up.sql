-- When a terminal first fetched the licence. Sending it again clears fetched_at, which is of the
-- delivery under way; this stays, so that what a terminal has had is never forgotten.
ALTER TABLE licence_file ADD COLUMN first_fetched_at BIGINT;
UPDATE licence_file SET first_fetched_at = fetched_at;
