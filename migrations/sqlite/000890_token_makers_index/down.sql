DROP INDEX access_client_token_maker;
