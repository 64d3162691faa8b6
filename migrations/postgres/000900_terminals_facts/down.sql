DROP TABLE terminal_fact_count;
DROP TABLE terminal_fact;
ALTER TABLE terminal_contact DROP COLUMN clock_is_off;
