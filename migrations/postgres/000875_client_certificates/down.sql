ALTER TABLE access_client DROP COLUMN certificate_until;
ALTER TABLE access_client DROP COLUMN certificate_key;
