CREATE TABLE access_role (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    code TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    permissions TEXT NOT NULL,
    is_built_in BOOLEAN NOT NULL,
    version BIGINT NOT NULL DEFAULT 1,
    created_at BIGINT NOT NULL
);

CREATE TABLE access_operator (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    login TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    password_hash TEXT,
    state TEXT NOT NULL CHECK (state IN ('active', 'disabled')),
    all_establishments BOOLEAN NOT NULL,
    lang TEXT,
    theme TEXT,
    zone TEXT,
    version BIGINT NOT NULL DEFAULT 1,
    created_at BIGINT NOT NULL,
    last_sign_in_at BIGINT
);

CREATE TABLE access_operator_role (
    operator_id BIGINT NOT NULL REFERENCES access_operator (id),
    role_id BIGINT NOT NULL REFERENCES access_role (id),
    PRIMARY KEY (operator_id, role_id)
);

-- Read only when all_establishments is false. Establishments are made by a later migration, so no
-- reference can be declared; a row for a vanished one grants nothing.
CREATE TABLE access_operator_establishment (
    operator_id BIGINT NOT NULL REFERENCES access_operator (id),
    establishment_id BIGINT NOT NULL,
    PRIMARY KEY (operator_id, establishment_id)
);

CREATE TABLE access_session (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    hash BLOB NOT NULL UNIQUE,
    operator_id BIGINT NOT NULL REFERENCES access_operator (id),
    csrf BLOB NOT NULL,
    created_at BIGINT NOT NULL,
    last_seen_at BIGINT NOT NULL,
    idle_until_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    ip TEXT,
    user_agent TEXT NOT NULL
);
CREATE INDEX access_session_operator ON access_session (operator_id, id);
CREATE INDEX access_session_expiry ON access_session (expires_at);

-- One-time links. The link's token is never stored, only its hash.
CREATE TABLE access_link (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    hash BLOB NOT NULL UNIQUE,
    operator_id BIGINT NOT NULL REFERENCES access_operator (id),
    purpose TEXT NOT NULL CHECK (purpose IN ('set-password')),
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT
);
CREATE INDEX access_link_operator ON access_link (operator_id, id);

CREATE TABLE access_client (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    name TEXT NOT NULL UNIQUE,
    state TEXT NOT NULL CHECK (state IN ('active', 'disabled')),
    scopes TEXT NOT NULL,
    all_establishments BOOLEAN NOT NULL,
    version BIGINT NOT NULL DEFAULT 1,
    created_at BIGINT NOT NULL
);

CREATE TABLE access_client_establishment (
    client_id BIGINT NOT NULL REFERENCES access_client (id),
    establishment_id BIGINT NOT NULL,
    PRIMARY KEY (client_id, establishment_id)
);

CREATE TABLE access_client_token (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    client_id BIGINT NOT NULL REFERENCES access_client (id),
    hash BLOB NOT NULL UNIQUE,
    created_at BIGINT NOT NULL,
    expires_at BIGINT,
    revoked_at BIGINT,
    last_used_at BIGINT
);
CREATE INDEX access_client_token_client ON access_client_token (client_id, id);

-- The audit chain: numbered without gaps under the tail lock, each row hashing the one before.
CREATE TABLE access_audit (
    id INTEGER PRIMARY KEY NOT NULL,
    at BIGINT NOT NULL,
    actor_kind TEXT NOT NULL,
    actor_id BIGINT,
    actor_name TEXT NOT NULL,
    from_ip TEXT,
    action TEXT NOT NULL,
    object_kind TEXT NOT NULL,
    object TEXT NOT NULL,
    establishment_id BIGINT,
    before_json TEXT,
    after_json TEXT,
    prev_hash BLOB NOT NULL,
    hash BLOB NOT NULL
);
CREATE INDEX access_audit_object ON access_audit (object_kind, object, id);
CREATE INDEX access_audit_actor ON access_audit (actor_name, id);
CREATE INDEX access_audit_action ON access_audit (action, id);
CREATE INDEX access_audit_establishment ON access_audit (establishment_id, id);
