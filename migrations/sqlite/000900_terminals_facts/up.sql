-- What is counted and filtered by of every terminal, a word each under a name; see the room `fact` of
-- the terminals. is_retired, sort_key and establishment_id repeat the terminal's, so that one index
-- serves a list by a fact. Establishment 0 counts all.
CREATE TABLE terminal_fact (
    terminal_id BIGINT NOT NULL REFERENCES terminal_place (id),
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    establishment_id BIGINT NOT NULL,
    is_retired BOOLEAN NOT NULL,
    sort_key TEXT NOT NULL,
    PRIMARY KEY (terminal_id, name)
) WITHOUT ROWID;
CREATE TABLE terminal_fact_count (
    establishment_id BIGINT NOT NULL,
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    n BIGINT NOT NULL,
    PRIMARY KEY (establishment_id, name, value)
) WITHOUT ROWID;
CREATE INDEX terminal_fact_count_by_value ON terminal_fact_count (establishment_id, value, name);

-- Beside the offset, which every check-in writes: a check-in with nothing new must not ask for more.
ALTER TABLE terminal_contact ADD COLUMN clock_is_off BOOLEAN NOT NULL DEFAULT FALSE;
UPDATE terminal_contact SET clock_is_off = TRUE WHERE abs(clock_offset_ms) > 300000;

-- What the terminals that are there already told. A report with a control character in it is left
-- to the next one.
INSERT INTO terminal_fact (terminal_id, name, value, establishment_id, is_retired, sort_key)
    SELECT p.id, told.name, told.value, p.establishment_id, p.is_retired, p.sort_key
    FROM terminal_place p JOIN (
        SELECT p.id, 'model' AS name, m.code AS value
            FROM terminal_place p JOIN terminal_model m ON m.id = p.model_id
        UNION ALL SELECT id, 'point', CAST(point_of_service_id AS TEXT) FROM terminal_place
        UNION ALL SELECT id, 'last-action', coalesce((
                SELECT nullif(substr(trim(s.last_action), 1, 120), '') FROM terminal_session s
                WHERE s.terminal_id = p.id ORDER BY s.changed_at DESC, s.id DESC LIMIT 1), 'none')
            FROM terminal_place p
        UNION ALL SELECT id, 'licence', coalesce((
                SELECT CASE min(CASE l.state WHEN 'failed' THEN 1 WHEN 'waiting' THEN 2
                        WHEN 'fetched' THEN 3 WHEN 'confirmed' THEN 4 END)
                    WHEN 1 THEN 'failed' WHEN 2 THEN 'waiting' WHEN 3 THEN 'fetched'
                    WHEN 4 THEN 'confirmed' END
                FROM licence_file l WHERE l.terminal_id = p.id AND l.is_current), 'none')
            FROM terminal_place p
        UNION ALL SELECT id, 'update', CASE coalesce((
                SELECT w.state FROM terminal_work w WHERE w.terminal_id = p.id
                    AND w.state <> 'cancelled' AND w.kind NOT IN ('certificate', 'log') ORDER BY w.number DESC LIMIT 1), '')
                WHEN 'waiting' THEN 'waiting' WHEN 'offered' THEN 'under-way'
                WHEN 'downloading' THEN 'under-way' WHEN 'installing' THEN 'under-way'
                WHEN 'cancelling' THEN 'under-way' WHEN 'failed' THEN 'failed'
                WHEN 'refused' THEN 'failed' WHEN 'expired' THEN 'failed'
                WHEN 'done' THEN 'done' ELSE 'none' END
            FROM terminal_place p
        UNION ALL SELECT id, 'error', coalesce((
                SELECT CASE w.state WHEN 'done' THEN 'none'
                    ELSE coalesce(nullif(substr(trim(w.outcome_code), 1, 120), ''), w.state) END
                FROM terminal_work w WHERE w.terminal_id = p.id
                    AND w.state IN ('done', 'failed', 'refused')
                    AND w.kind NOT IN ('certificate', 'log') ORDER BY w.number DESC LIMIT 1), 'none')
            FROM terminal_place p
        UNION ALL SELECT terminal_id, 'clock', CASE WHEN clock_is_off THEN 'off' ELSE 'right' END
            FROM terminal_contact
        UNION ALL SELECT r.terminal_id, 'version:' || substr(trim(v.key), 1, 60),
                coalesce(nullif(substr(trim(v.value), 1, 120), ''), 'none')
            FROM terminal_report r, json_each(r.body, '$.versions') v
            WHERE json_type(r.body, '$.versions') = 'object' AND v.type = 'text' AND trim(v.key) <> '' AND r.body NOT LIKE '%\u00%'
        UNION ALL SELECT r.terminal_id, 'app:' || substr(trim(json_extract(v.value, '$.name')), 1, 60),
                coalesce(nullif(substr(trim(json_extract(v.value, '$.version')), 1, 120), ''), 'none')
            FROM terminal_report r, json_each(r.body, '$.packages') v
            WHERE v.type = 'object' AND json_type(v.value, '$.name') = 'text'
                AND json_type(v.value, '$.version') = 'text' AND trim(json_extract(v.value, '$.name')) <> ''
                AND r.body NOT LIKE '%\u00%'
    ) AS told ON told.id = p.id WHERE TRUE
    ON CONFLICT DO NOTHING;
INSERT INTO terminal_fact_count
    SELECT establishment_id, name, value, count(*) FROM terminal_fact WHERE NOT is_retired
        GROUP BY establishment_id, name, value
    UNION ALL SELECT 0, name, value, count(*) FROM terminal_fact WHERE NOT is_retired
        GROUP BY name, value;
CREATE INDEX terminal_fact_by_value
    ON terminal_fact (name, value, is_retired, sort_key, terminal_id);
