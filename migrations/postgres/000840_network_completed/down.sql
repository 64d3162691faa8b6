DROP INDEX network_point_of_service_status;
ALTER TABLE network_point_of_service DROP COLUMN status;
ALTER TABLE network_point_of_service DROP COLUMN opening_hours;
DROP INDEX network_establishment_status;
ALTER TABLE network_establishment DROP COLUMN status;
ALTER TABLE network_establishment DROP COLUMN currency;
ALTER TABLE network_establishment DROP COLUMN language;
