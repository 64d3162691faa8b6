ALTER TABLE terminal_contact DROP COLUMN profile_version;
ALTER TABLE terminal_contact DROP COLUMN told_interval_s;
ALTER TABLE terminal_contact DROP COLUMN log_level;
DROP INDEX terminal_place_of_establishment;
ALTER TABLE terminal_place DROP COLUMN log_level;
UPDATE terminal_place SET interval_s = c.interval_s
    FROM terminal_contact c WHERE c.terminal_id = terminal_place.id;
UPDATE terminal_place SET interval_s = 300 WHERE interval_s IS NULL;
ALTER TABLE terminal_place ALTER COLUMN interval_s SET NOT NULL;
DROP TABLE terminal_profile_report;
DROP TABLE terminal_profile_pending;
DROP TABLE terminal_profile;
