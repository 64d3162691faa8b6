-- The dashboard tells of everything but of logs that came, which are most of all. The condition is spelt out in the
-- statements as it is here.
CREATE INDEX event_outbox_news ON event_outbox (id) WHERE substr(kind, 1, 4) <> 'log.';
CREATE INDEX event_outbox_news_of ON event_outbox (establishment_id, id) WHERE substr(kind, 1, 4) <> 'log.';
DROP INDEX event_outbox_establishment;
