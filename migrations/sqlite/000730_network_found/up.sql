-- Finding places at any size. points counts an establishment's points of service, so that no list of
-- them counts again; points are never deleted.
ALTER TABLE network_establishment ADD COLUMN points BIGINT NOT NULL DEFAULT 0;
UPDATE network_establishment SET points =
    (SELECT count(*) FROM network_point_of_service p WHERE p.establishment_id = network_establishment.id);
DROP INDEX network_point_of_service_establishment;
CREATE INDEX network_point_of_service_establishment
    ON network_point_of_service (establishment_id, search, id);

-- Every end of a name or code (see `fold::suffixes`), for searches.
CREATE TABLE network_establishment_term (
    term TEXT NOT NULL,
    establishment_id BIGINT NOT NULL,
    PRIMARY KEY (term, establishment_id)
) WITHOUT ROWID;
INSERT INTO network_establishment_term
    WITH RECURSIVE
        word (id, text) AS (
            SELECT id, search FROM network_establishment
            UNION ALL SELECT id, lower(code) FROM network_establishment
        ),
        spot (n) AS (
            SELECT 1 UNION ALL SELECT n + 1 FROM spot WHERE n < (SELECT max(length(text)) FROM word)
        ),
        piece (id, term, is_beginning, is_long) AS (
            SELECT id, substr(text, n, 64), n = 1 OR substr(text, n - 1, 1) = ' ',
                length(text) - n >= 2
            FROM word JOIN spot ON n <= length(text)
            WHERE substr(text, n, 1) <> ' '
        )
    SELECT term, id FROM piece WHERE is_beginning OR is_long
    UNION SELECT char(1) || term, id FROM piece WHERE is_beginning;
CREATE INDEX network_establishment_term_owner
    ON network_establishment_term (establishment_id);

CREATE TABLE network_point_term (
    term TEXT NOT NULL,
    point_id BIGINT NOT NULL,
    PRIMARY KEY (term, point_id)
) WITHOUT ROWID;
INSERT INTO network_point_term
    WITH RECURSIVE
        word (id, text) AS (
            SELECT id, search FROM network_point_of_service
            UNION ALL SELECT id, lower(code) FROM network_point_of_service
        ),
        spot (n) AS (
            SELECT 1 UNION ALL SELECT n + 1 FROM spot WHERE n < (SELECT max(length(text)) FROM word)
        ),
        piece (id, term, is_beginning, is_long) AS (
            SELECT id, substr(text, n, 64), n = 1 OR substr(text, n - 1, 1) = ' ',
                length(text) - n >= 2
            FROM word JOIN spot ON n <= length(text)
            WHERE substr(text, n, 1) <> ' '
        )
    SELECT term, id FROM piece WHERE is_beginning OR is_long
    UNION SELECT char(1) || term, id FROM piece WHERE is_beginning;
CREATE INDEX network_point_term_owner ON network_point_term (point_id);
