DROP INDEX access_operator_role_role;

ALTER TABLE access_role DROP COLUMN offered;
