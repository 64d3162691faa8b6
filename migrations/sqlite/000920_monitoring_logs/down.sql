DROP TABLE monitoring_log_freed;
DROP TABLE monitoring_log_keeping;
DROP TABLE monitoring_log_taken;
-- The bytes of the pieces have one owner less each.
UPDATE storage_blob SET ref_count = ref_count
    - (SELECT count(*) FROM monitoring_log_piece WHERE monitoring_log_piece.blob_id = storage_blob.id)
    WHERE id IN (SELECT blob_id FROM monitoring_log_piece);
DROP TABLE monitoring_log_piece;
DROP TABLE monitoring_log;
