-- Which clients somebody made tokens for is asked with every page of one who decides about requests.
CREATE INDEX access_client_token_maker ON access_client_token (made_by_id, client_id);
