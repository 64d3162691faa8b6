ALTER TABLE access_client DROP COLUMN per_minute;
