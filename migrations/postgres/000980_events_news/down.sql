CREATE INDEX event_outbox_establishment ON event_outbox (establishment_id, id);
DROP INDEX event_outbox_news_of;
DROP INDEX event_outbox_news;
