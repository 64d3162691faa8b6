-- What the program offered a ready-made role at the last start, so that a later start adds only what
-- is new and never gives back what somebody took away.
ALTER TABLE access_role ADD COLUMN offered TEXT NOT NULL DEFAULT '[]';

CREATE INDEX access_operator_role_role ON access_operator_role (role_id);
