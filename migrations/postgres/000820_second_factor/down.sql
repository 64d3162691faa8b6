ALTER TABLE access_role DROP COLUMN needs_second_factor;
DROP TABLE access_challenge;
DROP TABLE access_recovery_code;
DROP TABLE access_second_factor;
