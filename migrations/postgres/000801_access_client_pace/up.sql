-- Requests that a client may make in a minute; null is what the server allows every one.
ALTER TABLE access_client ADD COLUMN per_minute BIGINT;
