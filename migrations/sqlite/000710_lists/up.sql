-- Queries of lists under a name; the shared ones are for everyone who may see the list.
CREATE TABLE list_view (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    list TEXT NOT NULL,
    name TEXT NOT NULL,
    query TEXT NOT NULL,
    owner_id BIGINT NOT NULL REFERENCES access_operator (id),
    is_shared BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    UNIQUE (list, owner_id, name)
);
CREATE INDEX list_view_shared ON list_view (list, name, id) WHERE is_shared;

-- The columns that an operator chose, by their keys with a space between.
CREATE TABLE list_choice (
    operator_id BIGINT NOT NULL REFERENCES access_operator (id),
    list TEXT NOT NULL,
    chosen TEXT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (operator_id, list)
);
