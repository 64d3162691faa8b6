-- What an establishment speaks and pays in, when a point of service is open, and what is no longer in
-- business. Lists of one status are read by name.
ALTER TABLE network_establishment ADD COLUMN language TEXT NOT NULL DEFAULT 'en';
ALTER TABLE network_establishment ADD COLUMN currency TEXT;
ALTER TABLE network_establishment ADD COLUMN status TEXT NOT NULL DEFAULT 'open'
    CHECK (status IN ('open', 'closed'));
CREATE INDEX network_establishment_status ON network_establishment (status, search, id);

ALTER TABLE network_point_of_service ADD COLUMN opening_hours TEXT NOT NULL DEFAULT '';
ALTER TABLE network_point_of_service ADD COLUMN status TEXT NOT NULL DEFAULT 'open'
    CHECK (status IN ('open', 'closed'));
CREATE INDEX network_point_of_service_status ON network_point_of_service (status, search, id);
