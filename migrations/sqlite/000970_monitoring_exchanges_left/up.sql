-- What a log told and the list of exchanges does not hold, because one part of it held too much: messages that became
-- no exchange, and messages that were not compared with everything they may belong to.
CREATE TABLE monitoring_exchange_left (
    log_id BIGINT PRIMARY KEY NOT NULL REFERENCES monitoring_log (id),
    unlisted BIGINT NOT NULL,
    uncompared BIGINT NOT NULL
) WITHOUT ROWID;
