-- One row per group of settings that somebody changed, as a JSON object; what is absent has its
-- default. The group's version guards against lost changes.
CREATE TABLE setting_group (
    name TEXT PRIMARY KEY NOT NULL,
    body TEXT NOT NULL,
    version BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    changed_by TEXT NOT NULL
);

-- What each group was from when on.
CREATE TABLE setting_change (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    name TEXT NOT NULL,
    body TEXT NOT NULL,
    changed_at BIGINT NOT NULL,
    changed_by TEXT NOT NULL
);
CREATE INDEX setting_change_name ON setting_change (name, id);
