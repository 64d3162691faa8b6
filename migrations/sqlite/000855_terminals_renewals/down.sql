DROP TABLE terminal_certificate_offer;
DROP INDEX terminal_credential_renewal;
ALTER TABLE terminal_credential DROP COLUMN renew_at;
