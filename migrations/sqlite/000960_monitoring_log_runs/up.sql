-- A file of a terminal may come to several logs: where the terminal was moved, got another device, began the file
-- afresh, or sends it for longer than logs are kept. before_bytes is what of the file stands in other logs before
-- this one; device is the serial number of the device that sends it, empty for logs that were begun before. A log
-- that ended leaves its name to the next one: to its own a slash is added, which no terminal's name has, and its id.
ALTER TABLE monitoring_log ADD COLUMN before_bytes BIGINT NOT NULL DEFAULT 0;
ALTER TABLE monitoring_log ADD COLUMN device TEXT NOT NULL DEFAULT '';
