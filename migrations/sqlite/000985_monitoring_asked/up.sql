-- Which logs came, or grew, because of which request. Of a log that was deleted it stays that it came.
CREATE TABLE monitoring_log_asked (
    work_id BIGINT NOT NULL REFERENCES terminal_work (id),
    log_id BIGINT NOT NULL,
    PRIMARY KEY (work_id, log_id)
) WITHOUT ROWID;
INSERT INTO monitoring_log_asked (work_id, log_id)
SELECT asked_work, id FROM monitoring_log WHERE asked_work IS NOT NULL;
ALTER TABLE monitoring_log DROP COLUMN asked_work;
