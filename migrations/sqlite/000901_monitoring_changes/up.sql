-- What changed of a terminal's status, and when. body_diff is JSON: paths with their old and new
-- values, and how many more there were. The establishment is that of the time: what happened elsewhere stays there.
CREATE TABLE monitoring_change (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    terminal_id BIGINT NOT NULL REFERENCES terminal_place (id),
    establishment_id BIGINT NOT NULL,
    at BIGINT NOT NULL,
    body_diff TEXT NOT NULL
);
CREATE INDEX monitoring_change_terminal ON monitoring_change (terminal_id, id);
CREATE INDEX monitoring_change_age ON monitoring_change (at);
