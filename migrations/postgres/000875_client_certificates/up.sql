-- A keyed hash of the public key that a client has to show beside its token, and until when its certificate
-- is good.
ALTER TABLE access_client ADD COLUMN certificate_key BYTEA;
ALTER TABLE access_client ADD COLUMN certificate_until BIGINT;
