ALTER TABLE list_view DROP COLUMN reach;
