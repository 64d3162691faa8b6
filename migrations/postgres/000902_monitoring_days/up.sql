-- How many terminals in service had each value of a property at the end of a day (of the current day: so
-- far). Days are counted from 1970-01-01 in UTC; establishment 0 counts all.
CREATE TABLE monitoring_day (
    establishment_id BIGINT NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    day INTEGER NOT NULL,
    value TEXT COLLATE "C" NOT NULL,
    n BIGINT NOT NULL,
    PRIMARY KEY (establishment_id, name, day, value)
);
