ALTER TABLE terminal_contact DROP COLUMN profile_version;
ALTER TABLE terminal_contact DROP COLUMN told_interval_s;
ALTER TABLE terminal_contact DROP COLUMN log_level;
DROP INDEX terminal_place_of_establishment;
ALTER TABLE terminal_place DROP COLUMN log_level;
ALTER TABLE terminal_place ADD COLUMN old_interval_s INTEGER NOT NULL DEFAULT 300;
UPDATE terminal_place SET old_interval_s = (
    SELECT c.interval_s FROM terminal_contact c WHERE c.terminal_id = terminal_place.id
) WHERE EXISTS (SELECT 1 FROM terminal_contact c WHERE c.terminal_id = terminal_place.id);
ALTER TABLE terminal_place DROP COLUMN interval_s;
ALTER TABLE terminal_place RENAME COLUMN old_interval_s TO interval_s;
DROP TABLE terminal_profile_report;
DROP TABLE terminal_profile_pending;
DROP TABLE terminal_profile;
