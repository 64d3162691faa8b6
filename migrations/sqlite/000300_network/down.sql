DROP TABLE network_point_of_service;
DROP TABLE network_establishment;
