-- What an establishment or a point of service sets for the terminals below it; NULL is inherited.
-- What the installation sets is a group of settings, what a terminal sets stands in its place.
CREATE TABLE terminal_profile (
    kind TEXT NOT NULL CHECK (kind IN ('establishment', 'point-of-service')),
    owner_id BIGINT NOT NULL,
    interval_s INTEGER,
    log_level TEXT,
    version BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    changed_by TEXT NOT NULL,
    PRIMARY KEY (kind, owner_id)
);

-- Levels that changed and whose terminals do not all have the new values yet: done up to after_id.
CREATE TABLE terminal_profile_pending (
    kind TEXT NOT NULL,
    owner_id BIGINT NOT NULL,
    after_id BIGINT NOT NULL,
    version BIGINT NOT NULL,
    since_at BIGINT NOT NULL,
    PRIMARY KEY (kind, owner_id)
);

-- The parameters that a terminal last said it uses.
CREATE TABLE terminal_profile_report (
    terminal_id BIGINT PRIMARY KEY NOT NULL REFERENCES terminal_place (id),
    version TEXT NOT NULL,
    body TEXT NOT NULL,
    reported_at BIGINT NOT NULL
);

-- The interval becomes a wish that may be absent; 300 seconds was what nobody chose.
ALTER TABLE terminal_place ALTER COLUMN interval_s DROP NOT NULL;
UPDATE terminal_place SET interval_s = NULL WHERE interval_s = 300;
ALTER TABLE terminal_place ADD COLUMN log_level TEXT;
CREATE INDEX terminal_place_of_establishment ON terminal_place (establishment_id, id);

-- interval_s of the hot row is the effective one, log_level too (error 0, warn 1, info 2, debug 3,
-- trace 4). told_interval_s is what the terminal heard at its last check-in, and so when it is due;
-- profile_version is that of the parameters which it says it uses.
ALTER TABLE terminal_contact ADD COLUMN log_level INTEGER NOT NULL DEFAULT 2;
ALTER TABLE terminal_contact ADD COLUMN told_interval_s INTEGER;
ALTER TABLE terminal_contact ADD COLUMN profile_version BIGINT;
