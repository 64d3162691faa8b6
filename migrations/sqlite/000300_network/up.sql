CREATE TABLE network_establishment (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    code TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    search TEXT NOT NULL,
    time_zone TEXT NOT NULL,
    country TEXT,
    version BIGINT NOT NULL DEFAULT 1,
    created_at BIGINT NOT NULL
);
CREATE INDEX network_establishment_search ON network_establishment (search, id);

CREATE TABLE network_point_of_service (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    establishment_id BIGINT NOT NULL REFERENCES network_establishment (id),
    code TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    search TEXT NOT NULL,
    address TEXT NOT NULL DEFAULT '',
    manager_name TEXT NOT NULL DEFAULT '',
    version BIGINT NOT NULL DEFAULT 1,
    created_at BIGINT NOT NULL
);
CREATE INDEX network_point_of_service_establishment ON network_point_of_service (establishment_id, id);
CREATE INDEX network_point_of_service_search ON network_point_of_service (search, id);
