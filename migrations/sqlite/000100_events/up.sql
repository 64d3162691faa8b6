CREATE TABLE event_outbox (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    at BIGINT NOT NULL,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    establishment_id BIGINT,
    body TEXT NOT NULL
);
CREATE INDEX event_outbox_subject ON event_outbox (subject, id);
CREATE INDEX event_outbox_establishment ON event_outbox (establishment_id, id);
CREATE INDEX event_outbox_at ON event_outbox (at, id);
