DROP TABLE network_point_term;
DROP TABLE network_establishment_term;
DROP INDEX network_point_of_service_establishment;
CREATE INDEX network_point_of_service_establishment ON network_point_of_service (establishment_id, id);
ALTER TABLE network_establishment DROP COLUMN points;
