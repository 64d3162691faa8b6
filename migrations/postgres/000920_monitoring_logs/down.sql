DROP TABLE monitoring_log_freed;
DROP TABLE monitoring_log_keeping;
DROP TABLE monitoring_log_taken;
DROP TABLE monitoring_log_piece;
DROP TABLE monitoring_log;
