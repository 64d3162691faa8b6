-- What a reversal takes back, as the pair_key of that exchange, and whether an exchange was taken back. What was told
-- before is not looked through again.
ALTER TABLE monitoring_exchange ADD COLUMN original_key TEXT;
ALTER TABLE monitoring_exchange ADD COLUMN reversed BOOLEAN NOT NULL DEFAULT FALSE;
CREATE INDEX monitoring_exchange_original ON monitoring_exchange (terminal_id, original_key, sort_ms)
    WHERE original_key IS NOT NULL;
