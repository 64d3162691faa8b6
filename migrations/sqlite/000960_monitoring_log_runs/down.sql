-- Logs that ended keep their longer names: their own ones may be those of others.
ALTER TABLE monitoring_log DROP COLUMN device;
ALTER TABLE monitoring_log DROP COLUMN before_bytes;
