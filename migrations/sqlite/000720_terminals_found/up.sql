-- Finding terminals at any size: every order and every filter has an index that serves both, the
-- usual filter "in service" included.
ALTER TABLE terminal_place ADD COLUMN is_retired BOOLEAN NOT NULL DEFAULT FALSE;
UPDATE terminal_place SET is_retired = TRUE WHERE life = 'retired';
DROP INDEX terminal_place_search;
DROP INDEX terminal_place_serial_search;
DROP INDEX terminal_place_sort;
DROP INDEX terminal_place_establishment;
DROP INDEX terminal_place_point_of_service;
DROP INDEX terminal_place_model;
DROP INDEX terminal_place_life;
CREATE INDEX terminal_place_by_tid ON terminal_place (is_retired, sort_key, id);
CREATE INDEX terminal_place_by_serial ON terminal_place (is_retired, serial_search, id);
CREATE INDEX terminal_place_establishment
    ON terminal_place (establishment_id, is_retired, sort_key, id);
CREATE INDEX terminal_place_point_of_service
    ON terminal_place (point_of_service_id, is_retired, sort_key, id);
CREATE INDEX terminal_place_model ON terminal_place (model_id, is_retired, sort_key, id);
CREATE INDEX terminal_place_life ON terminal_place (life, sort_key, id);

-- A TID never changes, so its sort key may stand in the hot row too: a presence is filtered and
-- ordered by one index. quiet_since orders by the last contact without indexing what check-ins
-- write: it moves with the presence only. 0 is never heard, the greatest number is connected, and
-- whoever is late or disconnected has the time of the last contact.
ALTER TABLE terminal_contact ADD COLUMN is_retired BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE terminal_contact ADD COLUMN sort_key TEXT NOT NULL DEFAULT '';
ALTER TABLE terminal_contact ADD COLUMN quiet_since BIGINT NOT NULL DEFAULT 0;
UPDATE terminal_contact SET
    is_retired = (SELECT is_retired FROM terminal_place WHERE id = terminal_id),
    sort_key = (SELECT sort_key FROM terminal_place WHERE id = terminal_id),
    quiet_since = CASE
        WHEN presence = 0 THEN 0
        WHEN presence IN (1, 2) THEN 9223372036854775807
        ELSE coalesce(last_contact_at, 0)
    END;
CREATE INDEX terminal_contact_by_tid
    ON terminal_contact (is_retired, presence, sort_key, terminal_id);
CREATE INDEX terminal_contact_by_quiet
    ON terminal_contact (is_retired, presence, quiet_since, terminal_id);

-- Where a search looks: every end of a TID or serial number (see `fold::suffixes`, which is said
-- here once more, in SQL, for the terminals that are there already). Derived from terminal_place in
-- the same transaction, always, so no reference is declared: it would be checked for every term.
CREATE TABLE terminal_term (
    is_retired BOOLEAN NOT NULL,
    term TEXT NOT NULL,
    terminal_id BIGINT NOT NULL,
    PRIMARY KEY (is_retired, term, terminal_id)
) WITHOUT ROWID;
INSERT INTO terminal_term
    WITH RECURSIVE
        word (is_retired, id, text) AS (
            SELECT is_retired, id, search FROM terminal_place
            UNION ALL SELECT is_retired, id, serial_search FROM terminal_place
        ),
        spot (n) AS (
            SELECT 1 UNION ALL SELECT n + 1 FROM spot WHERE n < (SELECT max(length(text)) FROM word)
        ),
        piece (is_retired, id, term, is_beginning, is_long) AS (
            SELECT is_retired, id, substr(text, n, 64), n = 1 OR substr(text, n - 1, 1) = ' ',
                length(text) - n >= 2
            FROM word JOIN spot ON n <= length(text)
            WHERE substr(text, n, 1) <> ' '
        )
    SELECT is_retired, term, id FROM piece WHERE is_beginning OR is_long
    UNION SELECT is_retired, char(1) || term, id FROM piece WHERE is_beginning;

-- Words that people stick to terminals. A tag is one word however it is written; name is how it was
-- written first.
CREATE TABLE terminal_tag (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    folded TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL
);
CREATE TABLE terminal_tagged (
    terminal_id BIGINT NOT NULL REFERENCES terminal_place (id),
    tag_id BIGINT NOT NULL REFERENCES terminal_tag (id),
    establishment_id BIGINT NOT NULL,
    is_retired BOOLEAN NOT NULL,
    sort_key TEXT NOT NULL,
    PRIMARY KEY (terminal_id, tag_id)
);
CREATE INDEX terminal_tagged_by_tid ON terminal_tagged (tag_id, is_retired, sort_key, terminal_id);
CREATE INDEX terminal_tagged_establishment ON terminal_tagged (establishment_id, tag_id);
