-- What somebody asked for that a second person has to allow. Whoever ends it changes `state` from
-- 'pending' in the same transaction as what is then done, so that it is done once.
CREATE TABLE approval_request (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    kind TEXT NOT NULL,
    -- Whoever allows it must be allowed to do it.
    permission TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('pending', 'approved', 'rejected', 'withdrawn', 'expired')),
    actor_kind TEXT NOT NULL CHECK (actor_kind IN ('operator', 'client')),
    actor_id BIGINT NOT NULL,
    actor_name TEXT NOT NULL,
    actor_ip TEXT,
    -- The establishments that the actor saw when he asked, as JSON; empty for all of them.
    scope TEXT,
    -- Whether it concerns every establishment; if not, approval_place says which.
    all_establishments BOOLEAN NOT NULL,
    params TEXT NOT NULL,
    facts TEXT NOT NULL,
    size BIGINT,
    input_blob_id BIGINT REFERENCES storage_blob (id),
    reason TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    ended_at BIGINT,
    ended_by TEXT,
    remark TEXT,
    -- The task that it became; it may be gone by now.
    task_id BIGINT
);
CREATE INDEX approval_request_pending ON approval_request (expires_at) WHERE state = 'pending';
CREATE INDEX approval_request_state ON approval_request (state, id);
CREATE INDEX approval_request_actor ON approval_request (actor_kind, actor_id, id);
CREATE INDEX approval_request_ended ON approval_request (ended_at) WHERE ended_at IS NOT NULL;

-- The establishments that a request concerns.
CREATE TABLE approval_place (
    request_id BIGINT NOT NULL REFERENCES approval_request (id),
    establishment_id BIGINT NOT NULL REFERENCES network_establishment (id),
    PRIMARY KEY (request_id, establishment_id)
) WITHOUT ROWID;
