DROP INDEX monitoring_exchange_original;
ALTER TABLE monitoring_exchange DROP COLUMN reversed;
ALTER TABLE monitoring_exchange DROP COLUMN original_key;
