ALTER TABLE monitoring_log ADD COLUMN asked_work BIGINT;
UPDATE monitoring_log SET asked_work = (SELECT max(work_id) FROM monitoring_log_asked WHERE log_id = monitoring_log.id);
DROP TABLE monitoring_log_asked;
