CREATE TABLE terminal_model (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    code TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    manufacturer TEXT NOT NULL,
    platform TEXT NOT NULL,
    platform_is_confirmed BOOLEAN NOT NULL,
    aliases TEXT NOT NULL DEFAULT '[]',
    component_updates BOOLEAN NOT NULL,
    third_party_apps BOOLEAN NOT NULL,
    key_loading BOOLEAN NOT NULL,
    version BIGINT NOT NULL DEFAULT 1,
    created_at BIGINT NOT NULL
);

-- The registry: a place, who may see it, and its life cycle. Rarely written. search and serial_search
-- are the TID and the serial number folded for prefix search; sort_key puts T2 before T10.
CREATE TABLE terminal_place (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    tid TEXT NOT NULL UNIQUE,
    serial_number TEXT NOT NULL,
    search TEXT NOT NULL,
    serial_search TEXT NOT NULL,
    sort_key TEXT NOT NULL,
    model_id BIGINT NOT NULL REFERENCES terminal_model (id),
    establishment_id BIGINT NOT NULL REFERENCES network_establishment (id),
    point_of_service_id BIGINT NOT NULL REFERENCES network_point_of_service (id),
    life TEXT NOT NULL,
    interval_s INTEGER NOT NULL,
    last_work_number INTEGER NOT NULL DEFAULT 0,
    version BIGINT NOT NULL DEFAULT 1,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX terminal_place_serial ON terminal_place (serial_number, id);
CREATE INDEX terminal_place_search ON terminal_place (search, id);
CREATE INDEX terminal_place_serial_search ON terminal_place (serial_search, id);
CREATE INDEX terminal_place_sort ON terminal_place (sort_key, id);
CREATE INDEX terminal_place_establishment ON terminal_place (establishment_id, sort_key, id);
CREATE INDEX terminal_place_point_of_service ON terminal_place (point_of_service_id, id);
CREATE INDEX terminal_place_model ON terminal_place (model_id, id);
CREATE INDEX terminal_place_life ON terminal_place (life, id);

-- The hot row: one guarded UPDATE per check-in, so it stays narrow and no column that a check-in
-- changes is indexed. sweep_at is a lower bound that only the sweeper moves. session_mark is the
-- digest of the session's fields as last stored; listening_until is when a long poll should be back.
CREATE TABLE terminal_contact (
    terminal_id BIGINT PRIMARY KEY NOT NULL REFERENCES terminal_place (id),
    establishment_id BIGINT NOT NULL,
    credential_hash BLOB UNIQUE,
    admitted BOOLEAN NOT NULL,
    presence INTEGER NOT NULL,
    has_work BOOLEAN NOT NULL,
    interval_s INTEGER NOT NULL,
    last_contact_at BIGINT,
    sweep_at BIGINT,
    status_digest BLOB,
    listening_until BIGINT,
    session_mark BIGINT,
    seen_from TEXT,
    clock_offset_ms BIGINT
);
CREATE INDEX terminal_contact_sweep ON terminal_contact (presence, sweep_at);

-- Terminals per establishment and presence, moved in the transaction that moves a presence.
CREATE TABLE terminal_count (
    establishment_id BIGINT NOT NULL,
    presence INTEGER NOT NULL,
    n BIGINT NOT NULL,
    PRIMARY KEY (establishment_id, presence)
);

-- Which device served at a place, and when.
CREATE TABLE terminal_device (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    terminal_id BIGINT NOT NULL REFERENCES terminal_place (id),
    serial_number TEXT NOT NULL,
    from_at BIGINT NOT NULL,
    until_at BIGINT
);
CREATE INDEX terminal_device_terminal ON terminal_device (terminal_id, id);

CREATE TABLE terminal_activation (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    terminal_id BIGINT NOT NULL UNIQUE REFERENCES terminal_place (id),
    nonce BLOB NOT NULL,
    serial_number TEXT NOT NULL,
    code_hash BLOB NOT NULL,
    attempts_left INTEGER NOT NULL,
    expires_at BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    created_by TEXT NOT NULL,
    used_at BIGINT,
    idempotency_hash BLOB
);

-- Every credential ever issued, so that a revoked one is known for whose it was.
CREATE TABLE terminal_credential (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    terminal_id BIGINT NOT NULL REFERENCES terminal_place (id),
    hash BLOB NOT NULL UNIQUE,
    serial_number TEXT NOT NULL,
    issued_at BIGINT NOT NULL,
    revoked_at BIGINT,
    revoked_why TEXT
);
CREATE INDEX terminal_credential_terminal ON terminal_credential (terminal_id, id);

-- "Why can't it connect?": the last refusals of each registered terminal.
CREATE TABLE terminal_refusal (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    terminal_id BIGINT NOT NULL REFERENCES terminal_place (id),
    at BIGINT NOT NULL,
    code TEXT NOT NULL,
    seen_from TEXT,
    times BIGINT NOT NULL DEFAULT 1
);
CREATE INDEX terminal_refusal_terminal ON terminal_refusal (terminal_id, id);

-- Codes that asked for activation but are not registered: a mistyped TID is found here.
CREATE TABLE terminal_stranger (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    tid TEXT NOT NULL UNIQUE,
    serial_number TEXT NOT NULL,
    at BIGINT NOT NULL,
    seen_from TEXT,
    times BIGINT NOT NULL DEFAULT 1
);

CREATE TABLE terminal_work (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    terminal_id BIGINT NOT NULL REFERENCES terminal_place (id),
    establishment_id BIGINT NOT NULL,
    number INTEGER NOT NULL,
    kind TEXT NOT NULL,
    natural_key TEXT NOT NULL,
    state TEXT NOT NULL,
    is_open BOOLEAN NOT NULL,
    held_why TEXT,
    link TEXT,
    payload TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    created_by TEXT NOT NULL,
    not_before_at BIGINT,
    offered_at BIGINT,
    deadline_at BIGINT,
    expires_at BIGINT,
    attempts INTEGER NOT NULL DEFAULT 0,
    progress INTEGER,
    outcome_code TEXT,
    outcome_detail TEXT,
    finished_at BIGINT,
    UNIQUE (terminal_id, number)
);
CREATE INDEX terminal_work_open ON terminal_work (terminal_id, is_open, number);
CREATE INDEX terminal_work_key ON terminal_work (terminal_id, natural_key, is_open);
CREATE INDEX terminal_work_deadline ON terminal_work (is_open, deadline_at);
CREATE INDEX terminal_work_expiry ON terminal_work (is_open, expires_at);

-- What the terminal last said of itself, stored on change only.
CREATE TABLE terminal_report (
    terminal_id BIGINT PRIMARY KEY NOT NULL REFERENCES terminal_place (id),
    digest BLOB NOT NULL,
    body TEXT NOT NULL,
    reported_at BIGINT NOT NULL
);

-- Sessions with the fields of the old mails (C-53); one row per session, updated in place.
CREATE TABLE terminal_session (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    terminal_id BIGINT NOT NULL REFERENCES terminal_place (id),
    session_id TEXT NOT NULL,
    reference TEXT,
    title TEXT,
    seen_from TEXT,
    terminal_version TEXT,
    action_result TEXT,
    last_action TEXT,
    country_code TEXT,
    started_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    UNIQUE (terminal_id, session_id)
);
CREATE INDEX terminal_session_terminal ON terminal_session (terminal_id, id);
