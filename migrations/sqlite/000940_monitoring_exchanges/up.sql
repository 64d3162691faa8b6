-- What POS logs tell of requests to payment hosts and of the answers to them: a row stands for a request with
-- its answer, or for what was left alone. request_at and answer_at are offsets in the logs; where only an answer is
-- known, log_id is its log and request_at is empty. said holds both sides as JSON, so that they can be parted again;
-- the other columns are what lists show and look for.
-- pair_key is what a request has in common with its answer, and is_half says that one of them is missing.
-- sort_ms is never empty. The establishment is that of the log.
CREATE TABLE monitoring_exchange (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    terminal_id BIGINT NOT NULL REFERENCES terminal_place (id),
    establishment_id BIGINT NOT NULL,
    log_id BIGINT NOT NULL REFERENCES monitoring_log (id),
    request_at BIGINT,
    answer_log BIGINT REFERENCES monitoring_log (id),
    answer_at BIGINT,
    pair_key TEXT NOT NULL,
    is_half BOOLEAN NOT NULL,
    sort_ms BIGINT NOT NULL,
    begun_ms BIGINT,
    answered_ms BIGINT,
    round_trip_ms BIGINT,
    state TEXT NOT NULL CHECK
        (state IN ('answered', 'unanswered', 'failed', 'alone', 'notice', 'malformed')),
    late BOOLEAN NOT NULL,
    declined BOOLEAN NOT NULL,
    tries BIGINT NOT NULL,
    failure TEXT,
    failure_at BIGINT,
    host TEXT,
    mti TEXT,
    answer_mti TEXT,
    processing_code TEXT,
    amount BIGINT,
    currency TEXT,
    stan TEXT,
    rrn TEXT,
    stated_terminal TEXT,
    stated_time TEXT,
    result TEXT,
    card TEXT,
    said TEXT NOT NULL,
    UNIQUE (log_id, request_at),
    UNIQUE (answer_log, answer_at)
);
CREATE INDEX monitoring_exchange_pair ON monitoring_exchange (terminal_id, pair_key, sort_ms);
CREATE INDEX monitoring_exchange_time ON monitoring_exchange (sort_ms, id);
CREATE INDEX monitoring_exchange_terminal ON monitoring_exchange (terminal_id, sort_ms, id);
CREATE INDEX monitoring_exchange_establishment
    ON monitoring_exchange (establishment_id, sort_ms, id);
CREATE INDEX monitoring_exchange_state ON monitoring_exchange (state, sort_ms, id);
CREATE INDEX monitoring_exchange_late ON monitoring_exchange (sort_ms, id) WHERE late;
CREATE INDEX monitoring_exchange_declined ON monitoring_exchange (sort_ms, id) WHERE declined;
CREATE INDEX monitoring_exchange_result ON monitoring_exchange (result, sort_ms, id);
CREATE INDEX monitoring_exchange_host ON monitoring_exchange (host, sort_ms, id);
CREATE INDEX monitoring_exchange_stan ON monitoring_exchange (stan, sort_ms, id);
CREATE INDEX monitoring_exchange_rrn ON monitoring_exchange (rrn, sort_ms, id);
