-- The account of an operator at an OpenID Connect provider. The provider governs those whom it brought;
-- who was here before and linked his account himself keeps what he was given here.
CREATE TABLE access_identity (
    issuer TEXT NOT NULL,
    subject TEXT NOT NULL,
    operator_id BIGINT NOT NULL UNIQUE REFERENCES access_operator (id),
    -- What people there call it: not who it is, but what tells one from another.
    called TEXT NOT NULL,
    is_governed BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (issuer, subject)
);
