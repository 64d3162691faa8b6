-- Who made a token of an API client: he is not the second person for what it asks. A token of before
-- and its row of the audit log were written at the same moment.
ALTER TABLE access_client_token ADD COLUMN made_by_id BIGINT;
UPDATE access_client_token SET made_by_id = (
    SELECT min(a.actor_id) FROM access_client c
    JOIN access_audit a ON a.object_kind = 'client' AND a.object = c.name
        AND a.action IN ('client.create', 'client.add-token') AND a.actor_kind = 'operator'
    WHERE c.id = access_client_token.client_id AND a.at = access_client_token.created_at);
