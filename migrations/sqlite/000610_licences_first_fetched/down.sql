ALTER TABLE licence_file DROP COLUMN first_fetched_at;
