ALTER TABLE access_client_token DROP COLUMN made_by_id;
