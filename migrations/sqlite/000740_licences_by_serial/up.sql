-- A licence belongs to one instance of software on one device: its key is serial number, platform and
-- software. It is attached to the terminal where that serial number serves, and waits, unmatched and
-- without a terminal, while it serves nowhere. *_key columns are folded for comparing and searching;
-- until_key is valid_until, or the end of time.
CREATE TABLE licence_new (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    terminal_id BIGINT REFERENCES terminal_place (id),
    tid TEXT NOT NULL,
    tid_search TEXT NOT NULL,
    establishment_id BIGINT REFERENCES network_establishment (id),
    serial_number TEXT NOT NULL,
    serial_key TEXT NOT NULL,
    platform TEXT NOT NULL,
    platform_key TEXT NOT NULL,
    software TEXT NOT NULL,
    software_key TEXT NOT NULL,
    lic_id TEXT NOT NULL,
    lic_id_key TEXT NOT NULL,
    valid_from BIGINT,
    valid_until BIGINT,
    until_key BIGINT NOT NULL,
    file_name TEXT NOT NULL,
    file_search TEXT NOT NULL,
    size_bytes BIGINT NOT NULL,
    sha256 TEXT NOT NULL,
    blob_id BIGINT REFERENCES storage_blob (id),
    state TEXT NOT NULL CHECK
        (state IN ('unmatched', 'waiting', 'fetched', 'confirmed', 'failed', 'superseded', 'deleted')),
    is_current BOOLEAN NOT NULL,
    work_id BIGINT REFERENCES terminal_work (id),
    outcome_code TEXT,
    uploaded_at BIGINT NOT NULL,
    uploaded_by TEXT NOT NULL,
    source TEXT NOT NULL,
    source_id BIGINT,
    fetched_at BIGINT,
    confirmed_at BIGINT,
    ended_at BIGINT,
    ended_by TEXT,
    first_fetched_at BIGINT,
    CHECK (state <> 'unmatched' OR terminal_id IS NULL),
    CHECK (terminal_id IS NOT NULL OR state IN ('unmatched', 'superseded', 'deleted'))
);
-- Of licences that fell to one key until now, all but the newest are told apart by their TID, so
-- that none is lost; one whose terminal is retired has no place any more.
INSERT INTO licence_new (
    id, terminal_id, tid, tid_search, establishment_id, serial_number, serial_key, platform,
    platform_key, software, software_key, lic_id, lic_id_key, until_key, file_name, file_search,
    size_bytes, sha256, blob_id, state, is_current, work_id, outcome_code, uploaded_at, uploaded_by,
    source, fetched_at, confirmed_at, ended_at, ended_by, first_fetched_at)
SELECT f.id,
    CASE WHEN f.is_current AND p.life = 'retired' THEN NULL ELSE f.terminal_id END,
    CASE WHEN f.is_current AND p.life = 'retired' THEN '' ELSE f.tid END,
    CASE WHEN f.is_current AND p.life = 'retired' THEN '' ELSE f.tid_search END,
    CASE WHEN f.is_current AND p.life = 'retired' THEN NULL ELSE f.establishment_id END,
    p.serial_number, p.serial_search, lower(m.platform), lower(m.platform),
    CASE WHEN f.is_current AND newer.id IS NOT NULL THEN f.tid ELSE '' END,
    CASE WHEN f.is_current AND newer.id IS NOT NULL THEN f.tid_search ELSE '' END,
    '', '', 9223372036854775807, f.file_name, f.file_search, f.size_bytes, f.sha256, f.blob_id,
    CASE WHEN f.is_current AND p.life = 'retired' THEN 'unmatched' ELSE f.state END,
    f.is_current,
    CASE WHEN f.is_current AND p.life = 'retired' THEN NULL ELSE f.work_id END,
    CASE WHEN f.is_current AND p.life = 'retired' THEN NULL ELSE f.outcome_code END,
    f.uploaded_at, f.uploaded_by, 'unknown', f.fetched_at, f.confirmed_at, f.ended_at, f.ended_by,
    f.first_fetched_at
FROM licence_file f
JOIN terminal_place p ON p.id = f.terminal_id
JOIN terminal_model m ON m.id = p.model_id
LEFT JOIN (
    SELECT max(f2.id) AS id, p2.serial_search, lower(m2.platform) AS platform
    FROM licence_file f2
    JOIN terminal_place p2 ON p2.id = f2.terminal_id
    JOIN terminal_model m2 ON m2.id = p2.model_id
    WHERE f2.is_current
    GROUP BY p2.serial_search, lower(m2.platform)
) newer ON newer.serial_search = p.serial_search AND newer.platform = lower(m.platform)
    AND newer.id > f.id;
-- An id that was given once is never given again.
INSERT INTO sqlite_sequence (name, seq) SELECT 'licence_new', 0
    WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = 'licence_new');
UPDATE sqlite_sequence
    SET seq = coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'licence_file'), 0)
    WHERE name = 'licence_new';
DROP TABLE licence_file;
ALTER TABLE licence_new RENAME TO licence_file;
-- One active licence for each instance of software, whoever uploads at the same moment.
CREATE UNIQUE INDEX licence_file_key ON licence_file (serial_key, platform_key, software_key)
    WHERE is_current;
CREATE INDEX licence_file_serial ON licence_file (is_current, serial_key, id);
CREATE INDEX licence_file_now ON licence_file (is_current, id);
CREATE INDEX licence_file_until ON licence_file (is_current, until_key, id);
CREATE INDEX licence_file_platform ON licence_file (is_current, platform_key, id);
CREATE INDEX licence_file_software ON licence_file (is_current, software_key, id);
CREATE INDEX licence_file_terminal ON licence_file (terminal_id, id);
CREATE INDEX licence_file_establishment ON licence_file (establishment_id, is_current, id);
CREATE INDEX licence_file_state ON licence_file (state, id);
CREATE INDEX licence_file_tid ON licence_file (is_current, tid_search, id);
CREATE INDEX licence_file_name ON licence_file (is_current, file_search, id);
CREATE INDEX licence_file_work ON licence_file (work_id);
CREATE INDEX licence_file_source ON licence_file (source, source_id, id);

-- The endings of the folded words that current licences are found by: field is s (serial number),
-- p (platform) or l (licence id). A search for a part of a word is a range of terms.
CREATE TABLE licence_term (
    field TEXT NOT NULL,
    term TEXT NOT NULL,
    owner_id BIGINT NOT NULL,
    PRIMARY KEY (field, term, owner_id)
) WITHOUT ROWID;
CREATE INDEX licence_term_owner ON licence_term (owner_id, field, term);
WITH RECURSIVE ending (field, term, owner_id) AS (
    SELECT 's', serial_key, id FROM licence_file WHERE is_current AND serial_key <> ''
    UNION ALL SELECT 'p', platform_key, id FROM licence_file WHERE is_current AND platform_key <> ''
    UNION ALL SELECT field, substr(term, 2), owner_id FROM ending WHERE length(term) > 1
)
INSERT OR IGNORE INTO licence_term (field, term, owner_id) SELECT field, term, owner_id FROM ending;

-- Terminals in service that have no licence.
CREATE TABLE licence_bare (
    terminal_id BIGINT PRIMARY KEY NOT NULL REFERENCES terminal_place (id),
    establishment_id BIGINT NOT NULL,
    tid TEXT NOT NULL,
    sort_key TEXT NOT NULL,
    serial_number TEXT NOT NULL,
    since_at BIGINT NOT NULL
);
CREATE INDEX licence_bare_sort ON licence_bare (sort_key, terminal_id);
CREATE INDEX licence_bare_establishment ON licence_bare (establishment_id, sort_key, terminal_id);
INSERT INTO licence_bare (terminal_id, establishment_id, tid, sort_key, serial_number, since_at)
SELECT p.id, p.establishment_id, p.tid, p.sort_key, p.serial_number, p.created_at
FROM terminal_place p
WHERE p.life <> 'retired'
    AND NOT EXISTS (SELECT 1 FROM licence_file f WHERE f.terminal_id = p.id AND f.is_current);

-- How the distributor names his files; one row.
CREATE TABLE licence_setting (
    id BIGINT PRIMARY KEY NOT NULL CHECK (id = 1),
    file_pattern TEXT NOT NULL,
    version BIGINT NOT NULL,
    updated_at BIGINT,
    updated_by TEXT
);
INSERT INTO licence_setting (id, file_pattern, version)
    VALUES (1, '{serial}_{platform}_{software}_{lic_id}.lic', 1);

-- Each licence is a piece of work of its own now.
UPDATE terminal_work SET natural_key = 'licence:' ||
    (SELECT max(f.id) FROM licence_file f WHERE f.work_id = terminal_work.id)
WHERE kind = 'licence' AND EXISTS (SELECT 1 FROM licence_file f WHERE f.work_id = terminal_work.id);
