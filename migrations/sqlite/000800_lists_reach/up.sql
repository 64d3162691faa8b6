-- What whoever saved a view saw, as the ids of establishments with a space between, or 'all': a shared
-- view is shown to those who see as much. Who shared one before saw who knows what, so those count as all.
ALTER TABLE list_view ADD COLUMN reach TEXT NOT NULL DEFAULT 'all';
